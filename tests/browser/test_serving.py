"""How the pages are served: what they may do, what may be kept, and who may not use them."""

import re
from collections.abc import Iterator

import pytest
import requests

from ..image.jupyter import Jupyter
from .site import Site

STRANGER = "http://stranger.example"
ADDRESS = "/workshop/fresh-copy"
LESSON = {"json": {"lesson": "1-MNIST-MLP"}}


@pytest.fixture
def browser(site: Site) -> Iterator[Jupyter]:
    with site.browser() as browser:
        browser.params = {}  # the cookie does from here on
        yield browser


def assets(browser: Jupyter) -> list[str]:
    return re.findall(r'"(assets/[^"]+)"', browser.get("/").text)


def test_types_are_those_of_the_files(browser: Jupyter):
    expected = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    seen = {}
    for name in assets(browser):
        answer = browser.get(f"/{name}")
        assert answer.status_code == 200
        seen[name.rpartition(".")[2]] = answer.headers["Content-Type"].partition(";")[0]
    assert seen == expected
    assert browser.get("/").headers["Content-Type"].startswith("text/html")


def test_assets_are_kept_and_pages_asked_for_again(browser: Jupyter):
    page, asset = browser.get("/"), browser.get(f"/{assets(browser)[0]}")
    assert "immutable" in asset.headers["Cache-Control"]
    assert page.headers["Cache-Control"] == "private, no-cache"
    again = browser.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ["/", "/licences.txt", "/workshop/state", "/assets/none.js"])
def test_policy_lets_nothing_in_from_outside(browser: Jupyter, address: str):
    headers = browser.get(address).headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'self'"
    assert "unsafe" not in str(rules) and "http" not in str(rules)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Access-Control-Allow-Origin" not in headers


def test_report_may_do_nothing_but_look_as_it_does(site: Site, browser: Jupyter):
    site.check()
    answer = browser.get("/workshop/report")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    rules = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} <= {*rules}
    assert not [rule for rule in rules if rule.startswith(("script-src", "connect-src"))]
    assert answer.text.startswith("<!DOCTYPE html>")


def test_files_outside_are_not_served(browser: Jupyter):
    for path in ("/assets/../../appliance.json", "/assets/%2e%2e/%2e%2e/appliance.json"):
        request = requests.Request("GET", f"http://{browser.address}/").prepare()
        request.url = f"http://{browser.address}{path}"
        request.headers["Cookie"] = "; ".join(f"{c.name}={c.value}" for c in browser.cookies)
        assert browser.send(request, timeout=60).status_code in (400, 403, 404)


@pytest.mark.parametrize("headers", [{}, {"X-XSRFToken": "guessed"}])
def test_write_without_the_pages_token_is_refused(browser: Jupyter, headers: dict):
    assert browser.post(ADDRESS, headers=headers, **LESSON).status_code == 403


def test_another_sites_page_can_neither_read_nor_write(browser: Jupyter):
    origin = {"Origin": STRANGER}
    stolen = origin | browser.token
    assert browser.post(ADDRESS, headers=stolen, **LESSON).status_code in (403, 404)
    assert browser.get("/workshop/state", headers=origin).status_code in (403, 404)
    referer = {"Referer": f"{STRANGER}/"}
    assert browser.get("/workshop/my-work.zip", headers=referer).status_code == 403


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"lesson": "../x"}', '{"lesson": ["1"]}'])
def test_wrong_question_gets_a_sentence(browser: Jupyter, body: str):
    answer = browser.post(ADDRESS, data=body, headers=browser.token)
    assert answer.status_code in (400, 404)
    assert answer.json()["message"]


def test_foreign_name_or_missing_token_opens_nothing(site: Site):
    """Where there is no token, the Host header keeps names in the DNS out that point here."""
    names = ("", "licences.txt", "workshop/state", "workshop/my-work.zip", "workshop/report")
    for address in (f"/{name}" for name in names):
        answer = requests.get(
            f"{site.origin}{address}",
            headers={"Host": "stranger.example"},
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code in ((302, 403) if site.token else (403,))
        assert "login" in answer.headers.get("Location", "login")
