"""What is on a page: how many of each kind of element, what it names, and what it links to."""

from collections import Counter
from html.parser import HTMLParser

#: Elements that a reader would miss or wonder about.
SEEN = {*"ul ol li pre table tr td th h1 h2 h3 h4 img code blockquote em strong".split()}


class Page(HTMLParser):
    """The elements of the article, and all of a page that can be linked or links."""

    def __init__(self, text: str, article: bool = False) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.names: set[str] = set()
        self.targets: set[str] = set()
        self._inside = article
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self._inside |= tag == "article"
        if self._inside and tag in SEEN:
            self.elements[tag] += 1
        self.names |= {given[key] for key in ("id", "name") if given.get(key)}
        self.targets |= {given[key] for key in ("href", "src") if given.get(key)}

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "article"
