"""The painting page in a real Chromium."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, expect

from .site import Site
from .window import Window

PRESETS = {
    "4": "4 relu",
    "20": "20 relu",
    "10+10": "10 relu\n" * 2,
    "10×7": "10 relu\n" * 7,  # noqa: RUF001  as on the page
}
SECONDS = 60
MEASURING = 600  # seconds, at most, for all networks of the benchmark
DELAY = 1000  # milliseconds to hear of a key, at most, on a busy machine; benchmarks measure it
FASTER = 1.3  # than ConvNetJS's own demo

# Mean squared difference of what a network paints and the picture.
DISTANCE = """letter => {
    const read = canvas =>
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const painted = read(document.querySelector(`.easel[data-letter=${letter}] canvas`));
    const picture = read(document.getElementById('original'));
    return picture.reduce((sum, value, i) => sum + (value - painted[i]) ** 2, 0) / picture.length;
}"""

# Notes how late the page hears of each key.
LISTEN = """() => {
    window.delays = [];
    const note = event => window.delays.push(performance.now() - event.timeStamp);
    document.addEventListener('keydown', note, true);
}"""


class Painting:
    """The page as its user sees it."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page

    def open(self, name: str = "") -> None:
        """By way of the landing page, which may ask for a token."""
        self.page.goto(self.window.site.door)
        self.page.goto(f"{self.window.site.origin}/painting/{name}")

    def button(self, name: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("button", name=name, exact=True)

    def network(self, letter: str = "A") -> Locator:
        return self.page.get_by_role("region", name=f"Network {letter}")

    def shows(self, what: str, letter: str = "A") -> Locator:
        return self.network(letter).locator(f"[data-shows={what}]")

    def wait_for_iterations(self, count: int, letter: str = "A") -> None:
        """Until there are as many digits, which is what a pattern can tell."""
        digits = len(str(count)) - 1
        pattern = re.compile(rf"^[1-9](,?\d){{{digits},}}$")
        expect(self.shows("iteration", letter)).to_have_text(pattern, timeout=1000 * SECONDS)

    def loss(self, letter: str = "A") -> float:
        return float(self.shows("loss", letter).inner_text())

    def distance(self, letter: str = "A") -> float:
        return self.page.evaluate(DISTANCE, letter)

    def wait_for_paint(self, letter: str = "A") -> None:
        """Until there is anything on the canvas: nothing painted is far away, and transparent."""
        self.page.locator(f".easel[data-letter={letter}] canvas[width='200']").wait_for()


@pytest.fixture
def painting(window: Window) -> Painting:
    """The page, opened."""
    painting = Painting(window)
    painting.open()
    painting.wait_for_paint()
    return painting


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_paints(painting: Painting, preset: str):
    painting.button(preset).click()
    expect(painting.network().get_by_label("Layers")).to_have_value(PRESETS[preset].strip())
    painting.button("Step").click()
    expect(painting.shows("iteration")).to_have_text("1")
    loss, distance = painting.loss(), painting.distance()
    painting.button("Start").click()
    painting.wait_for_iterations(1000)
    for a_second in ("iterations", "frames"):
        expect(painting.shows(a_second)).to_have_text(re.compile("[1-9]"))
    painting.button("Pause").click()
    assert painting.loss() < 0.8 * loss
    assert painting.distance() < 0.9 * distance


def test_pause_step_reset(painting: Painting):
    painting.button("Start").click()
    expect(painting.button("Step")).to_be_disabled()
    painting.wait_for_iterations(10)
    painting.button("Pause").click()
    expect(painting.button("Step")).to_be_enabled()
    # A screenshot takes its time, in which a network that were not paused would go on.
    painting.page.screenshot()
    before = painting.shows("iteration").inner_text()
    painting.page.screenshot()
    assert painting.shows("iteration").inner_text() == before
    painting.button("Step").click()
    after = f"{int(before.replace(',', '')) + 1:,}"
    expect(painting.shows("iteration")).to_have_text(after)
    painting.button("Reset").click()
    expect(painting.shows("iteration")).to_have_text("0")
    expect(painting.shows("loss")).to_have_text("-")


def test_networks_side_by_side(painting: Painting):
    for letter in "BCD":
        painting.button("Add a network").click()
        painting.wait_for_paint(letter)
    expect(painting.button("Add a network")).to_be_disabled()
    painting.network("B").get_by_label("Engine").select_option("ConvNetJS")
    painting.button("Start").click()
    for letter in "ABCD":
        painting.wait_for_iterations(10, letter)
    painting.button("Pause").click()
    curves = painting.page.locator("#curve polyline")
    expect(curves).to_have_count(4)
    expect(painting.page.locator("#curve")).to_have_attribute(
        "aria-label", re.compile("network A: .* network D: ")
    )
    painting.button("Remove: Network B").click()
    expect(curves).to_have_count(3)
    expect(painting.button("Add a network")).to_be_focused()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("10 relu\nten", 'Line 2: "ten" is not a whole number.'),
        ("10 rleu", 'Line 1: "rleu" is not known here.'),
        ("alert(1)", 'Line 1: "alert(1)" is not a whole number.'),
    ],
)
def test_wrong_layers_are_told_and_the_network_goes_on(painting: Painting, text: str, answer: str):
    painting.button("Start").click()
    painting.wait_for_iterations(10)
    layers = painting.network().get_by_label("Layers")
    layers.fill(text)
    expect(painting.network().get_by_role("alert")).to_contain_text(answer)
    expect(layers).to_have_attribute("aria-invalid", "true")
    painting.wait_for_iterations(100)
    layers.fill("6 tanh")
    expect(painting.network().get_by_role("alert")).to_have_count(0)
    painting.wait_for_iterations(10)


def test_numbers_beyond_all_bounds_are_told(painting: Painting):
    painting.network().get_by_label("Layers").fill("100 linear\n" * 9)
    painting.network().get_by_label("Learning rate").press("End")
    painting.button("Start").click()
    trouble = painting.page.get_by_role("alert").filter(has_text="Network A: its numbers grew")
    expect(trouble).to_be_visible()
    painting.button("20").click()
    painting.network().get_by_label("Learning rate").press("Home")
    painting.button("Reset").click()
    painting.wait_for_iterations(10)
    expect(trouble).to_have_count(0)


def test_the_learning_rate_counts_at_once(painting: Painting):
    painting.button("Start").click()
    painting.wait_for_iterations(100)
    rate = painting.network().get_by_label("Learning rate")
    rate.press("Home")
    expect(painting.network().locator(".rate")).to_have_text("0.00010")
    expect(rate).to_have_attribute("aria-valuetext", "0.00010")
    iteration = painting.shows("iteration").inner_text()
    expect(painting.shows("iteration")).not_to_have_text(iteration)


def test_every_shipped_picture_can_be_learned(painting: Painting):
    names = ["Cat", "Flag", "Rings", "Sunset", "Starry night"]
    seen = set()
    for name in names:
        painting.page.get_by_role("radio", name=name).check(force=True)
        if name != "Cat":
            expect(painting.page.get_by_role("status")).to_have_text(f"The picture is now: {name}")
        seen.add(painting.page.evaluate("document.getElementById('original').toDataURL()"))
    assert len(seen) == len(names)


def test_an_own_picture_is_scaled_down_and_turned(painting: Painting, tmp_path: Path):
    """A photo of 3000 by 2000 that its camera, by EXIF, calls lying on its side."""
    photo = Image.new("RGB", (3000, 2000), "blue")
    photo.paste("red", (0, 0, 1500, 2000))  # the left half; turned, the upper one
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees, clockwise
    photo.save(tmp_path / "photo.jpg", exif=exif)
    painting.page.get_by_label("Open your own").set_input_files(tmp_path / "photo.jpg")
    expect(painting.page.get_by_role("radio", name="Your own")).to_be_checked()
    original = painting.page.locator("#original")
    expect(original).to_have_attribute("width", "133")
    expect(original).to_have_attribute("height", "200")
    above, below = painting.page.evaluate(
        """() => [10, 190].map(y => [...document.getElementById('original')
            .getContext('2d').getImageData(60, y, 1, 1).data])"""
    )
    assert above[0] > 200 > 50 > above[2]
    assert below[2] > 200 > 50 > below[0]
    painting.button("Start").click()
    painting.wait_for_iterations(10)


@pytest.mark.parametrize("content", [b"no picture at all", b"", b"\xff\xd8\xff\xe0 half a JPEG"])
def test_what_is_no_picture_is_told(painting: Painting, content: bytes):
    file = FilePayload(name="notes.jpg", mimeType="image/jpeg", buffer=content)
    painting.page.get_by_label("Open your own").set_input_files(file)
    expect(painting.page.locator("#trouble")).to_contain_text(
        'This browser cannot read "notes.jpg" as a picture.'
    )
    painting.button("Start").click()
    painting.wait_for_iterations(10)


def test_the_result_can_be_saved(painting: Painting):
    painting.button("10+10").click()
    painting.button("Start").click()
    painting.wait_for_iterations(100)
    with painting.page.expect_download() as event:
        painting.button("Save as PNG: Network A").click()
    assert re.fullmatch(r"painting-10\+10-\d+\.png", event.value.suggested_filename)
    with Image.open(event.value.path()) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 800))
        assert len(picture.convert("RGB").resize((20, 20)).getcolors(400)) > 50


def test_the_keyboard_alone_can_do_it_all(painting: Painting):
    page = painting.page

    def tab_to(target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"no way by Tab to {target}")

    tab_to(page.get_by_role("radio", name="Cat"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Flag")).to_be_checked()
    tab_to(page.get_by_label("Open your own"))
    tab_to(painting.button("Start"))
    page.keyboard.press("Enter")
    painting.wait_for_iterations(10)
    tab_to(painting.button("Reset"))
    page.keyboard.press("Enter")
    tab_to(painting.button("Add a network"))
    page.keyboard.press("Space")
    painting.wait_for_iterations(10, "B")
    expect(painting.network("B").get_by_label("Layers")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("7 tanh")
    tab_to(painting.network("B").get_by_label("Learning rate"))
    page.keyboard.press("ArrowLeft")
    expect(painting.network("B").locator(".rate")).to_have_text("0.0089")
    tab_to(painting.network("B").get_by_label("Engine"))
    page.keyboard.press("ArrowDown")
    expect(painting.network("B").get_by_label("Engine")).to_have_value("convnetjs")
    tab_to(painting.button("Save as PNG: Network B"))
    with page.expect_download() as event:
        page.keyboard.press("Enter")
    assert event.value.suggested_filename.startswith("painting-7-tanh-")
    tab_to(painting.button("Remove: Network B"))
    page.keyboard.press("Enter")
    expect(painting.network("B")).to_have_count(0)
    tab_to(page.get_by_label("Along"))
    tab_to(page.get_by_text("How to write layers"))


def test_the_page_answers_while_four_networks_learn(painting: Painting):
    for _ in "BCD":
        painting.button("Add a network").click()
    painting.button("Start").click()
    for letter in "ABCD":
        painting.wait_for_iterations(10, letter)
    painting.page.evaluate(LISTEN)
    for _ in range(60):
        painting.page.keyboard.press("Tab")
    delays = sorted(painting.page.evaluate("window.delays"))
    assert len(delays) == 60
    assert delays[-1] < DELAY


@pytest.mark.parametrize("name", ["", "benchmark.html"])
@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1920, "dark")]
)
def test_anybody_can_use_it(
    chromium: Browser,
    site: Site,
    modules: Path,
    screenshots: Path,
    width: int,
    scheme: str,
    name: str,
):
    """By what axe-core can tell, on phone, laptop and projector; with pictures for eyes."""
    size = {"width": width, "height": width * 9 // 16 if width > 360 else 740}
    with chromium.new_context(viewport=size, color_scheme=scheme) as context:
        window = Window(context.new_page(), site, modules, screenshots)
        painting = Painting(window)
        painting.open(name)
        if not name:
            use_all_of_it(painting)
        window.picture(f"{width}-{scheme}{name}")
        assert not window.violations()
        assert not window.is_wider_than_the_screen()
        assert not window.errors


def use_all_of_it(painting: Painting) -> None:
    """Two networks that have learned, one whose layers are wrong, and the explanation."""
    painting.button("Add a network").click()
    painting.wait_for_paint("B")
    painting.button("Start").click()
    for letter in "AB":
        painting.wait_for_iterations(100, letter)
    painting.button("Pause").click()
    painting.network().get_by_label("Layers").fill("?")
    expect(painting.network().get_by_role("alert")).to_contain_text("Line 1")
    painting.page.get_by_text("How to write layers").click()


def test_it_is_faster_than_the_demo_of_convnetjs(painting: Painting):
    """In each network's rounds of a second each; the median counts."""
    painting.open("benchmark.html")
    painting.button("Measure").click()
    expect(painting.page.locator("#state")).to_have_text("Done.", timeout=1000 * MEASURING)
    rows = painting.page.locator("#rows tr").all()
    assert len(rows) == len(PRESETS) + 1
    for row in rows:
        times = float(row.locator("td").nth(3).inner_text())
        assert times > FASTER, row.inner_text()
