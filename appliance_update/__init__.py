"""Updates of a virtual machine that people took home; ships inside it.

An update is one file (`package.py`) with one more layer, stacked above those of the release by the
boot script (Ansible's role vm). It lies beside the attendee's changes, on the state partition:

    update/current           what the boot script stacks: "SHA-256  ID/layer.squashfs", or nothing
    update/ID/               an update: layer.squashfs, update.json, old/ (the notebooks' folder as
                             it shipped before), plan/ (what was done to the attendee's, and why)
    update/files             the ID whose notebooks the attendee's folder has been brought to

`current` is replaced atomically: a machine boots the one or the other. At the next start, before
anybody can log in, the attendee's folder follows (`finish.py`).
"""

from pathlib import Path


class Refused(Exception):
    """One sentence: what is wrong, and what to do."""


#: The helper that sudo lets the attendee run as root (Ansible's role update).
HELPER = Path("/usr/local/sbin/workshop-update")
