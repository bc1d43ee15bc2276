"""`make docker` in small: a new notebook changes each image's last layer, and no other."""

from tests.images import Image
from tests.make.tiny import edit_a_lesson
from tests.unit.make.copies import call, command

from .test_build import made, nothing_is_left


def images(built) -> tuple[str, dict[str, Image]]:
    """What `make docker` says, and the images by their tag."""
    done = call(command("docker"), built.project, built.cache, APPLIANCE_MIRROR=built.mirror)
    assert done.returncode == 0, done.stderr
    nothing_is_left(built)
    found = [Image(path) for path in (built.project / "build").glob("*.docker.tar")]
    return done.stderr, {tag.partition(":")[2]: image for image in found for tag in image.tags}


def test_an_edited_lesson_changes_the_last_layer_of_each_image(built):
    said, before = images(built)
    assert made(said) == ["container", "cuda", "about-cpu", "about-cuda"]
    assert len(before["cuda"].layers) == len(before["cpu"].layers) + 1
    edit_a_lesson(built.project)
    said, after = images(built)
    assert made(said) == ["content", "about-cpu", "about-cuda"]
    for form, image in after.items():
        assert image.layers[:-1] == before[form].layers[:-1]
        assert image.layers[-1] != before[form].layers[-1]
