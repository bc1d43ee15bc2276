"""The playground in a real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from .site import Site
from .window import Window

SECONDS = 60
DELAY = 1000  # milliseconds to hear of a key, at most, on a busy machine; benchmarks measure it
SEPARATED = 97  # percent of the points

DEEP = "data=spiral&layers=8,8&activation=relu&speed=fast"
LINE = "data=spiral&layers=none&speed=fast"
WIDEST = "data=spiral&layers=8,8,8,8,8,8&speed=fast"

# Notes how late the page hears of each key.
LISTEN = """() => {
    window.delays = [];
    const note = event => window.delays.push(performance.now() - event.timeStamp);
    document.addEventListener('keydown', note, true);
}"""

# How many colours a neuron's picture has.
COLOURS = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


class Playground:
    """The page as its user sees it."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page

    def open(self, settings: str = "") -> None:
        """By way of the landing page, which may ask for a token."""
        self.page.goto(self.window.site.door)
        self.page.goto(f"{self.window.site.origin}/playground/#{settings}")
        expect(self.shows("training-loss")).to_have_text(re.compile(r"\d"))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def shows(self, what: str) -> Locator:
        return self.page.locator(f"#{what}")

    def neuron(self, unit: int, layer: int) -> Locator:
        return self.button(f"Neuron {unit} of layer {layer}")

    def weight(self, name: str) -> Locator:
        return self.page.locator("#inspector").get_by_label(name, exact=True)

    def wait_for_epochs(self, count: int) -> None:
        """Until there are as many digits, which is what a pattern can tell."""
        pattern = re.compile(rf"^[1-9](,?\d){{{len(str(count)) - 1},}}$")
        expect(self.shows("epoch")).to_have_text(pattern, timeout=1000 * SECONDS)

    def right(self, points: str = "test") -> float:
        return float(self.shows(f"{points}-right").inner_text().removesuffix(" %"))

    def learn(self, epochs: int) -> None:
        self.button("Start").click()
        self.wait_for_epochs(epochs)
        self.button("Pause").click()


@pytest.fixture
def playground(window: Window) -> Playground:
    """The page, opened."""
    playground = Playground(window)
    playground.open()
    return playground


def test_a_deep_network_separates_the_spiral(playground: Playground):
    playground.open(DEEP)
    assert playground.right() < SEPARATED
    playground.learn(1000)
    assert playground.right() > SEPARATED
    assert playground.right("training") > SEPARATED
    for name in ("Output", "Neuron 1 of layer 1"):
        assert playground.button(name).locator("canvas").evaluate(COLOURS) > 1
    expect(playground.page.locator("#curve .curve")).to_have_count(2)
    expect(playground.page.locator("#curve")).to_have_attribute(
        "aria-label", re.compile("training from 0.* test from ")
    )


def test_a_line_does_not(playground: Playground):
    playground.open(LINE)
    playground.learn(1000)
    assert playground.right("training") < 75


def test_step_pause_reset(playground: Playground):
    before = playground.shows("training-loss").inner_text()
    playground.button("Step").click()
    expect(playground.shows("epoch")).to_have_text("1")
    after = playground.shows("training-loss").inner_text()
    expect(playground.page.get_by_role("status")).to_contain_text(f"Epoch 1: loss {after}")
    playground.button("Start").click()
    expect(playground.button("Step")).to_be_disabled()
    playground.wait_for_epochs(10)
    playground.button("Pause").click()
    expect(playground.button("Step")).to_be_enabled()
    playground.page.screenshot()
    epoch = playground.shows("epoch").inner_text()
    playground.page.screenshot()
    expect(playground.shows("epoch")).to_have_text(epoch)
    playground.button("Reset").click()
    expect(playground.shows("epoch")).to_have_text("0")
    expect(playground.shows("training-loss")).to_have_text(before)
    playground.button("Step").click()
    expect(playground.shows("training-loss")).to_have_text(after)


def test_the_address_has_it_all(playground: Playground):
    page = playground.page
    page.get_by_role("radio", name="Xor").check(force=True)
    page.get_by_label("Noise").fill("20")
    page.get_by_label("Activation").select_option("sigmoid")
    page.get_by_label("Regularisation").select_option("L2")
    page.get_by_label("Learning rate").select_option("0.1")
    page.get_by_label("Seed").fill("42")
    page.get_by_label("Show test points").check()
    playground.button("sin x₁").click()
    playground.button("Add a layer").click()
    playground.button("Remove a neuron from layer 1").click()
    playground.button("Step").click()
    expect(playground.shows("epoch")).to_have_text("1")
    address, loss = page.url, playground.shows("training-loss").inner_text()
    for part in ("data=xor", "noise=20", "activation=sigmoid", "regularisation=l2", "rate=0.1"):
        assert part in address
    for part in ("seed=42", "test=yes", "features=x1,x2,sinx1", "layers=3,2,4"):
        assert part in address
    playground.open()
    playground.open(address.partition("#")[2])
    expect(page.get_by_role("radio", name="Xor")).to_be_checked()
    expect(page.get_by_label("Seed")).to_have_value("42")
    expect(page.get_by_label("Show test points")).to_be_checked()
    expect(playground.button("sin x₁")).to_have_attribute("aria-pressed", "true")
    playground.button("Step").click()
    expect(playground.shows("epoch")).to_have_text("1")
    expect(playground.shows("training-loss")).to_have_text(loss)


def test_nonsense_is_told_and_the_rest_counts(playground: Playground):
    alert = playground.page.locator("#trouble")
    playground.open("layers=12&data=xor&colour=red")
    expect(alert).to_contain_text('"12" cannot be the setting layers: it is none, or neurons')
    expect(alert).to_contain_text('There is no setting "colour".')
    expect(playground.page.get_by_role("radio", name="Xor")).to_be_checked()
    seed = playground.page.get_by_label("Seed")
    seed.fill("-3")
    seed.press("Enter")
    expect(alert).to_contain_text('"-3" cannot be the setting seed')
    expect(seed).to_have_attribute("aria-invalid", "true")
    seed.fill("7")
    seed.press("Enter")
    expect(alert).to_be_hidden()
    playground.button("x₁").click()
    playground.button("x₂").click()
    expect(alert).to_contain_text("at least one feature")


def test_numbers_beyond_all_bounds_are_told(playground: Playground):
    playground.open("data=hills&layers=8,8,8&activation=linear&rate=10&speed=fast")
    playground.button("Start").click()
    expect(playground.page.locator("#trouble")).to_contain_text("grew beyond all bounds")
    expect(playground.button("Start")).to_be_visible()
    playground.page.get_by_label("Learning rate").select_option("0.01")
    playground.button("Reset").click()
    playground.learn(10)
    expect(playground.page.locator("#trouble")).to_be_hidden()


def test_a_weight_can_be_read_and_changed(playground: Playground):
    """By way of its line, which says what it is."""
    playground.open("data=gauss&layers=none")
    page = playground.page
    line = page.locator(".grip").nth(1)
    line.hover()
    hint = page.locator("#hint")
    expect(hint).to_have_text(re.compile(r"^x₂ → Output: -?\d\.\d\d\. Click to change\.$"))
    line.click()
    expect(playground.weight("x₂")).to_be_focused()
    for name, value in (("x₁", "-3"), ("x₂", "-3"), ("bias", "0")):
        playground.weight(name).fill(value)
    playground.weight("bias").press("Enter")
    expect(playground.shows("training-right")).to_have_text(re.compile(r"^[0-3](\.\d)? %$"))
    line.hover()
    expect(hint).to_contain_text("-3.00")
    expect(page.locator(".link.negative")).to_have_count(2)


def test_a_neuron_shows_what_it_computes(playground: Playground):
    read = "document.getElementById('plane').toDataURL()"
    output = playground.page.evaluate(read)
    playground.neuron(3, 1).hover()
    expect(playground.page.locator("#output-title")).to_have_text("Neuron 3 of layer 1")
    assert playground.page.evaluate(read) != output
    expect(playground.page.locator(".link.mark")).to_have_count(2)
    playground.page.locator("h1").hover()
    expect(playground.page.locator("#output-title")).to_have_text("Output")
    assert playground.page.evaluate(read) == output


def test_what_the_page_proposes_works(playground: Playground):
    links = playground.page.locator("#tries a").all()
    assert len(links) >= 5
    for link in links:
        link.click()
        expect(playground.shows("epoch")).to_have_text("0")
        playground.button("Step").click()
        expect(playground.shows("epoch")).to_have_text("1")
        expect(playground.page.locator("#trouble")).to_be_hidden()


def test_the_keyboard_alone_can_do_it_all(playground: Playground):
    page = playground.page

    def tab_to(target: Locator) -> None:
        for _ in range(90):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"no way by Tab to {target}")

    tab_to(playground.button("Step"))
    page.keyboard.press("Enter")
    expect(playground.shows("epoch")).to_have_text("1")
    tab_to(page.get_by_label("Learning rate"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Learning rate")).to_have_value("0.1")
    tab_to(page.get_by_role("radio", name="Circle"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Xor")).to_be_checked()
    tab_to(page.get_by_label("Noise"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("noise=5&"))
    tab_to(playground.button("Add a layer"))
    page.keyboard.press("Enter")
    tab_to(playground.button("x₁x₂"))
    page.keyboard.press("Space")
    expect(playground.button("x₁x₂")).to_be_focused()
    expect(playground.button("x₁x₂")).to_have_attribute("aria-pressed", "true")
    tab_to(playground.button("Add a neuron to layer 2"))
    page.keyboard.press("Enter")
    expect(playground.button("Add a neuron to layer 2")).to_be_focused()
    tab_to(playground.neuron(1, 1))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(playground.neuron(2, 2)).to_be_focused()
    expect(page.locator("#output-title")).to_have_text("Neuron 2 of layer 2")
    page.keyboard.press("Enter")
    expect(playground.weight("bias")).to_be_focused()
    page.keyboard.type("2.5")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(playground.neuron(2, 2)).to_be_focused()
    expect(playground.weight("bias")).to_have_value("2.500")
    tab_to(page.get_by_label("Only the decision"))
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("decision=yes"))
    tab_to(page.locator("#tries a").first)
    page.keyboard.press("Enter")
    expect(page.locator("#layers")).to_have_text("no hidden layer")


def test_the_page_answers_while_the_largest_network_learns(playground: Playground):
    playground.open(WIDEST)
    playground.button("Start").click()
    playground.wait_for_epochs(10)
    playground.page.evaluate(LISTEN)
    for _ in range(60):
        playground.page.keyboard.press("Tab")
    delays = sorted(playground.page.evaluate("window.delays"))
    assert len(delays) == 60
    assert delays[-1] < DELAY


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1920, "dark")]
)
def test_anybody_can_use_it(
    chromium: Browser, site: Site, modules: Path, screenshots: Path, width: int, scheme: str
):
    """By what axe-core can tell, on phone, laptop and projector; with pictures for eyes."""
    size = {"width": width, "height": width * 9 // 16 if width > 360 else 740}
    with chromium.new_context(viewport=size, color_scheme=scheme) as context:
        window = Window(context.new_page(), site, modules, screenshots)
        playground = Playground(window)
        playground.open("layers=12&data=hills&features=x1,x2,sinx1&regularisation=l1&test=yes")
        playground.learn(10)
        window.picture(f"{width}-{scheme}")
        assert not window.violations()
        assert not window.is_wider_than_the_screen()
        playground.open(WIDEST)
        playground.neuron(2, 3).click()
        window.picture(f"{width}-{scheme}-widest")
        assert not window.violations()
        assert not window.is_wider_than_the_screen()
        assert not window.errors
        assert not window.elsewhere
