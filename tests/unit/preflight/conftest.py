"""OVAs made by the build's own code around a disk of nothing much."""

import hashlib
import random
from pathlib import Path
from uuid import UUID

import pytest

from appliance_build import description as schema
from appliance_build import ova
from appliance_build.disk import Identity


@pytest.fixture(scope="session")
def description() -> schema.Description:
    """The project's own appliance.yml."""
    return schema.load()


@pytest.fixture
def stick(tmp_path: Path, description: schema.Description) -> Path:
    """A folder with an OVA and its checksum, as the build leaves them."""
    made, folder = tmp_path / "made", tmp_path / "stick"
    made.mkdir()
    folder.mkdir()
    vmdk = made / "disk.vmdk"
    vmdk.write_bytes(random.Random(1).randbytes(1_000_001))
    path = made / "workshop.ova"
    ova.write(path, vmdk, description, Identity(UUID(int=1)))
    path.rename(folder / path.name)
    digest = hashlib.sha256((folder / path.name).read_bytes()).hexdigest()
    (folder / "workshop.ova.sha256").write_text(f"{digest}\tworkshop.ova\n")
    return folder
