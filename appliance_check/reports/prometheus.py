"""The report for monitoring, in Prometheus' text format (version 0.0.4).

For the textfile collector of node_exporter, or any server that hands the file out.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..result import Status

PREFIX = "appliance_check_"


def render(report: dict) -> str:
    """A gauge for each thing that one may want to draw or be warned by."""
    checks = report["checks"]
    about = {key: report[key] for key in ("version", "profile", "level")}
    statuses = [
        ({"id": check["id"], "status": status.value}, int(check["status"] == status))
        for check in checks
        for status in Status
    ]
    seconds = [({"id": check["id"]}, check["seconds"]) for check in checks]
    ended = datetime.fromisoformat(report["time"]).timestamp()
    return "\n".join(
        [
            *_gauge("info", "What was checked; always 1.", [(about, 1)]),
            *_gauge("complete", "Whether all checks had their turn.", [({}, report["complete"])]),
            *_gauge("timestamp_seconds", "When the run ended, since 1970.", [({}, ended)]),
            *_gauge("status", "Whether the check ended with this status.", statuses),
            *_gauge("seconds", "How long the check took.", seconds),
        ]
    )


def _gauge(
    name: str, meaning: str, samples: Iterable[tuple[Mapping[str, str], float]]
) -> Iterable[str]:
    yield f"# HELP {PREFIX}{name} {meaning}"
    yield f"# TYPE {PREFIX}{name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{PREFIX}{name}{f'{{{inside}}}' if inside else ''} {value + 0:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
