"""links.py FOLDER: fail if a page links to a file that the folder lacks."""

import html.parser
import pathlib
import sys


class _Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        """Keep what a link, a picture or a style sheet refers to."""
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def of(page):
    """Return the files of the site that a page's text refers to."""
    parser = _Links()
    parser.feed(page)
    return [each.partition("#")[0] for each in parser.found if "://" not in each]


def broken(pages, files):
    """Yield each page of `pages`, texts by name, with a link to no file of `files`."""
    for name, text in pages.items():
        yield from ((name, link) for link in of(text) if link and link not in files)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    pages = {name: (folder / name).read_text() for name in files if name.endswith(".html")}
    found = [f"{name}: no file {link}" for name, link in broken(pages, files)]
    sys.exit("\n".join(found) or None)
