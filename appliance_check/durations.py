"""What each lesson takes, as recorded, and which of them takes far longer in proportion.

To record, on an idle machine that emulates nothing, from a report of the check `notebooks`:

    appliance-check --only notebooks --json report.json
    python3 -m appliance_check.durations report.json
"""

import json
import statistics
import sys
from pathlib import Path

PATH = Path(__file__).with_name("durations.json")  # seconds by level's settings and lesson
# A lesson must be so many times slower than its record and than the others of its run. Throttling
# and a busy host make parts of a run up to 4 times slower; Theano without C, say, 10 times or more.
FACTOR = 5
FEWEST = 5  # lessons that must have run, to say how quick the machine is


def recorded(profile: str, path: Path = PATH) -> dict[str, float]:
    """Seconds of each lesson that has a record with the settings `quick` or `full`."""
    return json.loads(path.read_text(encoding="utf-8")).get(profile, {})


def slowness(reports: dict[str, dict], records: dict[str, float]) -> dict[str, float]:
    """How much slower than its record each lesson was, as a multiple of the others' median.

    A machine slower than the one of the records makes all lessons slower, and so none here; one
    that is quicker does not make a lesson slow either that keeps to its record. Of time by the
    clock and processor time the smaller counts: waiting for a busy disk is no fault of a lesson.
    Empty where fewer than FEWEST lessons can be compared. All are to be whole runs.

    Args:
        reports: by lesson, with `seconds` and `cpu_seconds`.
        records: seconds by lesson.
    """
    both = [name for name in reports if name in records]
    if len(both) < FEWEST:
        return {}
    machine = max(1.0, statistics.median(reports[n]["seconds"] / records[n] for n in both))
    took = {n: min(reports[n]["seconds"], reports[n]["cpu_seconds"]) for n in both}
    return {n: round(took[n] / records[n] / machine, 1) for n in both}


def record(report: dict, path: Path = PATH) -> None:
    """Take the seconds of the lessons from a JSON report; the other profile's stay.

    Raises:
        ValueError: the check `notebooks` is not in it, or did not pass.
    """
    found = [c for c in report["checks"] if c["id"] == "notebooks" and c["status"] == "PASS"]
    if not found:
        raise ValueError("the check `notebooks` has not passed in this report: run it again")
    profile = report["settings"]
    seconds = {name: each["seconds"] for name, each in found[0]["evidence"].items()}
    whole = {**json.loads(path.read_text(encoding="utf-8")), profile: seconds}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    try:
        record(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    except (IndexError, KeyError, TypeError, OSError, ValueError) as error:
        sys.exit(f"durations: name a report that `appliance-check --json` wrote ({error})")
