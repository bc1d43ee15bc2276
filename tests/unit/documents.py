"""What a document of the project says: its links, its code, its tables."""

import re
from collections.abc import Iterator
from functools import cached_property

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from appliance_build.paths import PROJECT

PARSER = MarkdownIt("commonmark").enable("table")


class Document:
    """One Markdown file, named by its path in the project."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = (PROJECT / name).parent

    @cached_property
    def nodes(self) -> list[SyntaxTreeNode]:
        """Every node, in the order of the text."""
        text = (PROJECT / self.name).read_text(encoding="utf-8")
        return list(SyntaxTreeNode(PARSER.parse(text)).walk())

    def targets(self) -> Iterator[str]:
        """Where links lead and where pictures come from."""
        for node in self.nodes:
            if node.type in ("link", "image"):
                yield str(node.attrs.get("href") or node.attrs["src"])

    def code(self) -> Iterator[str]:
        """Each piece of code in a sentence, and each line of a block, comments taken off."""
        for node in self.nodes:
            if node.type == "code_inline":
                yield node.content
            elif node.type in ("fence", "code_block"):
                yield from (line.partition(" #")[0] for line in node.content.splitlines())

    def anchors(self) -> set[str]:
        """The names that GitHub gives to headings."""
        titles = (_text(node) for node in self.nodes if node.type == "heading")
        return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}

    def first_column(self, header: str) -> Iterator[str]:
        """The code in the first cell of each row, in the tables that are headed so."""
        for table in (node for node in self.nodes if node.type == "table"):
            head, *bodies = table.children
            if _text(head.children[0].children[0]) == header:
                for cell in (row.children[0] for body in bodies for row in body.children):
                    yield next(n.content for n in cell.walk() if n.type == "code_inline")


def _text(node: SyntaxTreeNode) -> str:
    return "".join(n.content for n in node.walk() if n.type in ("text", "code_inline"))
