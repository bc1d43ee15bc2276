"""Where the user may not go, root makes the name spaces; Jupyter is the user's all the same."""

import os
from pathlib import Path

from appliance_build.description import Description
from appliance_build.machine.ports import elsewhere

from .conftest import Started
from .place import SECONDS, Local, leftovers


def test_in_roots_own_folder_it_runs_as_the_user(
    started: Started, tmp_path: Path, description: Description
):
    tmp_path.chmod(0o700)
    local = Local(tmp_path, elsewhere(description.ports).jupyter.host)
    shared = f"SYSTEM={started.local.folder}"
    said = local.ok("local", shared, f"ARGS=--port {local.port}")
    try:
        with local.jupyter(local.token(said)).kernel(SECONDS) as kernel:
            printed = kernel.run("import os; print(os.getuid())", SECONDS)
        assert printed.strip() == (os.environ.get("SUDO_UID") or str(description.user.uid))
        code, report = local.doctor("--only users ports network pages kernel")
        assert [each for each in report["checks"] if each["status"] != "PASS"] == []
        assert code == 0
    finally:
        local.ok("local-clean", "FORCE=1")
    assert leftovers(local.folder) == []
