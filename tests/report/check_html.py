#!/usr/bin/env python3
"""check_html.py FILE: exit 0 if FILE is one well-nested page that needs nothing but itself, else 1 and why.

Every plot is explained, links lead somewhere, nothing is executed and nothing is fetched."""
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link"}
ALONE = {"path", "circle", "rect"}  # in SVG, closed by themselves
FORBIDDEN = {"script", "iframe", "object", "embed", "link", "img", "form", "base", "foreignobject"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.ids, self.links = [], [], [], []
        self.figures, self.figure = [], None
        self.text = []

    def fault(self, what):
        self.faults.append(f"line {self.getpos()[0]}: {what}")

    def look_at(self, tag, attributes):
        if tag in FORBIDDEN:
            self.fault(f"<{tag}> is not allowed")
        for name, value in attributes:
            if name.startswith("on"):
                self.fault(f"{name}= would be executed")
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "xlink:href", "action", "data"):
                self.links.append(value)
            if name == "style" and value and "url(" in value:
                self.fault("a style fetches something")
        if tag == "svg" and self.figure is not None:
            self.figure["svg"] += 1
            names = dict(attributes)
            if "viewbox" not in {n.lower() for n in names} or names.get("role") != "img":
                self.fault("a plot without viewBox or role")
            if not names.get("aria-label"):
                self.fault("a plot without a label")

    def handle_starttag(self, tag, attributes):
        self.look_at(tag, attributes)
        if tag == "figure":
            self.figure = {"svg": 0, "text": ""}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.look_at(tag, attributes)
        if tag not in ALONE and tag not in VOID:
            self.fault(f"<{tag}/> closes itself")

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
            return
        self.open.pop()
        if tag == "figure":
            self.figures.append(self.figure)
            self.figure = None

    def handle_data(self, data):
        self.text.append(data)
        if self.figure is not None:
            self.figure["text"] += data


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        content = file.read()
    page = Page()
    page.feed(content)
    page.close()
    faults = page.faults
    if not content.startswith("<!DOCTYPE html>"):
        faults.append("no DOCTYPE")
    if page.open:
        faults.append(f"never closed: {page.open}")
    if len(set(page.ids)) != len(page.ids):
        faults.append("an id is there twice")
    for link in page.links:
        if not link.startswith("#"):
            faults.append(f"a link leaves the page: {link}")
        elif link[1:] not in page.ids:
            faults.append(f"a link leads nowhere: {link}")
    for figure in page.figures:
        if "Understanding this:" not in figure["text"]:
            faults.append(f"a plot that is not explained: {figure['text'][:40]}")
        if figure["svg"] != 1 and "Nothing was recorded" not in figure["text"]:
            faults.append(f"a figure without its plot: {figure['text'][:40]}")
    if not page.figures:
        faults.append("no plot at all")
    for word in ("nan", "inf"):
        for number in (f'="{word}"', f" {word} ", f"-{word}"):
            if number in content.split("</style>")[-1]:
                faults.append(f"a number that is none: {number}")
    print("\n".join(faults[:20]))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
