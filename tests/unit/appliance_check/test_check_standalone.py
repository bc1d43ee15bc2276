"""The package stands on the standard library, and its documentation says what it does."""

import re
import subprocess
import sys
from pathlib import Path

from appliance_check.checks import CHECKS

ROOT = Path(__file__).resolve().parents[3]


def test_everything_but_the_probes_imports_with_the_standard_library_alone():
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "appliance_check").rglob("*.py"))
        if "probes" not in path.parts and path.name not in ("__init__.py", "__main__.py")
    ]
    assert "appliance_check.checks.notebooks" in modules
    # -S: without site-packages, -I: without anything from the environment or the folder.
    code = f"import sys; sys.path.append({str(ROOT)!r})\n" + "\n".join(
        f"import {module}" for module in modules
    )
    code += "\nprint([m for m in sys.modules if m.startswith('appliance_build')])"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_table_in_the_documentation_is_that_of_the_checks():
    text = (ROOT / "docs" / "appliance-check.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| ([\d.]+) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(each.id, each.level, f"{each.seconds:g}", each.proves) for each in CHECKS]
