"""What a container of the image starts with, and the labels that say what it is."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ..description import Description
from ..papers import source

#: NVIDIA's run-time reads these: all GPUs, for computing, on a driver that knows CUDA 11.8.
#: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
NVIDIA = {
    "NVIDIA_VISIBLE_DEVICES": "all",
    "NVIDIA_DRIVER_CAPABILITIES": "compute,utility",
    "NVIDIA_REQUIRE_CUDA": "cuda>=11.8",
}
LABELS = "org.opencontainers.image."
SECOND = 1_000_000_000  # Docker counts in nanoseconds


def config(
    description: Description, form: str, layers: Sequence[str], diff_ids: Sequence[str]
) -> str:
    """The image's configuration, as JSON.

    Args:
        form: of `layers.FORMS`: `cpu` or `cuda`.
        layers: what each layer is, the lowest first.
        diff_ids: and the hash of each one's tar.
    """
    created = datetime.fromtimestamp(description.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ports = (description.ports.jupyter.host, description.ports.ssh.host)
    environment = {
        "PATH": "/opt/jupyter/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "THEANORC": "/tmp/workshop/theanorc:~/.theanorc",
        **(NVIDIA if form == "cuda" else {}),
    }
    content = {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": f"{description.user.uid}:{description.user.uid}",
            "Env": [f"{name}={value}" for name, value in environment.items()],
            "Entrypoint": ["/usr/bin/tini", "--", "/usr/local/bin/workshop-start"],
            "WorkingDir": f"/home/{description.user.name}",
            "ExposedPorts": {f"{port}/tcp": {} for port in ports},
            "Labels": _labels(description, form, created),
            "StopSignal": "SIGTERM",
            "Healthcheck": {
                "Test": ["CMD", "/usr/local/bin/workshop-health"],
                "Interval": 30 * SECOND,
                "Timeout": 10 * SECOND,
                "StartPeriod": 60 * SECOND,
                "Retries": 3,
            },
        },
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": [{"created": created, "created_by": f"layer {name}"} for name in layers],
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def _labels(description: Description, form: str, created: str) -> Mapping[str, str]:
    digest = source.commit().get("digest", {})
    labels = {
        "title": description.title,
        "version": description.version,
        "created": created,
        "ref.name": form,
        **({"revision": digest["gitCommit"]} if digest else {}),
    }
    gpu = {
        "workshop.cuda": "11.8",
        "workshop.driver": ">=520.61.05",
        "workshop.architectures": "sm_35 to sm_90; newer ones through PTX",
    }
    own = {f"{LABELS}{name}": value for name, value in labels.items()}
    return own | (gpu if form == "cuda" else {})
