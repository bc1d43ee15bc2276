"""The documentation site: MkDocs, and the pages and figures that are made of the code."""
