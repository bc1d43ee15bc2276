"""The deck as the container and the machine serve it (what is on its slides, see test_slides)."""

import re

from playwright.sync_api import expect

from appliance_build.description import Description

from .window import Window


def opened(window: Window) -> Window:
    """The landing page's own link to the slides, followed."""
    window.page.goto(window.site.door)
    link = window.page.locator("a[href='slides/'], a[href='/slides/']").first
    window.page.goto(f"{window.site.origin}/{link.get_attribute('href').strip('/')}/")
    window.page.wait_for_selector(".reveal.ready")
    return window


def test_the_whole_deck_is_there(window: Window):
    page = opened(window).page
    slides = page.locator(".slides > section")
    for _ in range(slides.count() - 1):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".slides > section.present")).to_have_attribute(
        "id", slides.last.get_attribute("id")
    )
    pictures = "[...document.images].filter(image => !image.complete || !image.naturalWidth)"
    page.wait_for_function(f"{pictures}.length == 0")


def test_its_links_lead_to_the_pages_and_lessons(window: Window, description: Description):
    page = opened(window).page
    links = page.locator(".slides a.go").evaluate_all("all => all.map(link => link.href)")
    assert len(links) > 5
    told = f"http://localhost:{description.ports.jupyter.host}/"  # to attendees, as their way in
    assert told in links
    for address in sorted({*links} - {told}):
        assert address.startswith(f"{window.site.origin}/")
        answer = page.request.get(address)
        assert answer.ok, f"{address}: {answer.status}"


def test_the_speaker_has_a_window_of_notes(window: Window):
    page = opened(window).page
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    expect(speaker.locator("#notes")).to_contain_text("Say who you are")
    speaker.keyboard.press("ArrowRight")
    expect(page.locator(".slides > section").nth(1)).to_have_class(re.compile(r"\bpresent\b"))
    speaker.close()


def test_axe_finds_nothing_serious(window: Window):
    assert opened(window).violations() == []
