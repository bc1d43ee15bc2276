"""A source of files and an empty stick."""

import pytest

from appliance_build.stick.medium import Medium

from .goods import Goods


@pytest.fixture
def goods(tmp_path):
    """Version 1 of what goes onto a stick."""
    return Goods(tmp_path / "build")


@pytest.fixture
def medium(tmp_path):
    """A folder in place of a stick."""
    root = tmp_path / "stick"
    root.mkdir()
    return Medium.at(root)
