"""The blocks of a slip as an A4 document: a tagged PDF (PDF/UA-1) with its fonts inside, for paper or for a phone.

The same blocks give the roll's dots (`layout.render`), so what a resident keeps says the same on either paper.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from urllib.parse import quote

from hardware.printer.faces import FACE_NAMES, Language
from hardware.printer.layout import BAR_QUIET, MAX_BLOCKS, Block, Code, Pair, Rule, Space, Text, bar_modules, qr_modules
from hardware.printer.linebreak import clean

TAGS: dict[Language, str] = {"en": "en-HK", "zh_Hant": "zh-Hant-HK", "zh_Hans": "zh-Hans-CN"}
"""BCP 47: a screen reader picks its voice, and Pango its glyph shapes, by these."""

POINTS = 13
LARGE_POINTS = 18
CODE_MM = 42
"""Edge of a code: its modules are then near 0.6 mm, easy for a phone at arm's length."""

STYLE = """
@page {{ size: A4; margin: 18mm 20mm 22mm; @bottom-left {{ content: {footer}; font-size: 9pt }}
  @bottom-right {{ content: counter(page) " / " counter(pages); font-size: 9pt }} }}
html {{ font-family: "{face}", sans-serif; font-size: {points}pt; line-height: 1.5 }}
:lang(zh-Hant-HK) {{ font-family: "Noto Sans CJK HK" }} :lang(zh-Hans-CN) {{ font-family: "Noto Sans CJK SC" }}
h1 {{ font-size: 1.9em; line-height: 1.25; margin: 0 0 3mm; string-set: none }}
h2 {{ font-size: 1.35em; line-height: 1.3; margin: 5mm 0 1mm; break-after: avoid }}
p {{ margin: 0 0 1.5mm; white-space: pre-line; overflow-wrap: anywhere }} .small {{ font-size: 0.85em }}
.center {{ text-align: center }} .right {{ text-align: right }} .bold {{ font-weight: bold }}
table {{ border-collapse: collapse; width: 100%; margin: 1mm 0 3mm }}
th, td {{ text-align: left; vertical-align: top; padding: 1.5mm 2mm 1.5mm 0; border-bottom: 0.2mm solid #888;
  overflow-wrap: anywhere }}
th {{ font-weight: normal; width: 40% }} td {{ font-weight: bold }}
hr {{ border: 0; border-top: 0.3mm solid black; margin: 4mm 0 }} tr, img {{ break-inside: avoid }}
img {{ width: {code}mm; height: {code}mm; display: block; margin: 3mm 0 }}
.bars {{ width: auto; height: 18mm }}
"""


@dataclass(frozen=True)
class Sheet:
    """What is around the blocks: the document's title, its language, the line at the foot of every page."""

    title: str
    language: Language
    footer: str = ""
    code_words: str = "QR"
    """What a screen reader says in place of the code."""
    large: bool = False


def document(blocks: Sequence[Block], sheet: Sheet) -> bytes:
    """The blocks as a PDF of A4 pages; any text is set, blocks beyond `MAX_BLOCKS` are left out.

    `CodeTooLongError` when a code does not fit. Takes about 0.1 s, the first time half a second more, and some 60 MB
    that the process keeps: the kiosk has a `Typesetter` do it.
    """
    return pdf(markup(blocks, sheet))


def pdf(html: str) -> bytes:
    """What `markup` wrote as a tagged PDF."""
    from PIL import ImageFile
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it for the whole process: half a chip's photo is no photo
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # its warnings quote what is printed
    fetcher = URLFetcher(allowed_protocols={"data"})  # a document never loads anything
    made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def markup(blocks: Sequence[Block], sheet: Sheet) -> str:
    """The HTML that is laid out; every word in it is escaped."""
    style = STYLE.format(
        face=FACE_NAMES[sheet.language],
        points=LARGE_POINTS if sheet.large else POINTS,
        code=CODE_MM,
        footer=_css_string(sheet.footer),
    )
    body = "\n".join(_parts(blocks[:MAX_BLOCKS], sheet))
    head = f'<meta charset="utf-8"><title>{_text(sheet.title)}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="{TAGS[sheet.language]}"><head>{head}</head><body>{body}</body></html>'


def _parts(blocks: Sequence[Block], sheet: Sheet) -> Iterator[str]:
    """One element a block; neighbouring pairs are the rows of one table. The first title is the document's heading."""
    headed = False
    for is_pair, run in groupby(blocks, key=lambda block: isinstance(block, Pair)):
        if is_pair:
            yield f"<table>{''.join(_row(block) for block in run if isinstance(block, Pair))}</table>"
            continue
        for block in run:
            heading = isinstance(block, Text) and block.size in ("title", "display")
            yield _element(block, sheet, "h2" if headed else "h1")
            headed = headed or heading


def _element(block: Block, sheet: Sheet, heading: str) -> str:
    match block:
        case Text():
            return _paragraph(block, heading)
        case Rule():
            return "<hr>"
        case Space(dots):
            return f'<div style="height: {max(0, min(dots, 400)) / 8:.1f}mm"></div>'
        case Code(data, "code128"):
            return f'<img class="bars" alt="{_text(data)}" src="{bars_picture(data)}">'
        case Code(data):
            return f'<img alt="{_text(sheet.code_words)}" src="{code_picture(data)}">'
    raise TypeError(type(block).__name__)


def _paragraph(block: Text, heading: str) -> str:
    tag = heading if block.size in ("title", "display") else "p"
    classes = " ".join(word for word in (block.size, block.align, "bold" if block.bold else "") if word)
    language = f' lang="{TAGS[block.language]}"' if block.language else ""
    return f'<{tag} class="{classes}"{language}>{_text(block.text)}</{tag}>'


def _row(pair: Pair) -> str:
    return f'<tr><th scope="row">{_text(pair.left)}</th><td>{_text(pair.right)}</td></tr>'


def code_picture(data: str) -> str:
    """A QR code as a picture of vectors, quiet zone included, in a data: URL."""
    modules = qr_modules(data)
    edge = len(modules) + 8
    dark = "".join(f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(modules) for x, on in enumerate(row) if on)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {edge} {edge}"><path d="{dark}"/></svg>'
    return f"data:image/svg+xml,{quote(svg)}"


def bars_picture(data: str) -> str:
    """A bar code as a picture of vectors, quiet zone included, in a data: URL."""
    modules = bar_modules(data)
    wide, at = len(modules) + 2 * BAR_QUIET, BAR_QUIET
    dark = ""
    for on, run in groupby(modules):  # a bar is one shape: between two halves of it a seam would show
        width = len(list(run))
        dark += f"M{at} 0h{width}v40h-{width}z" if on else ""
        at += width
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} 40"><path d="{dark}"/></svg>'
    return f"data:image/svg+xml,{quote(svg)}"


def _text(text: str) -> str:
    return escape(clean(text))


def _css_string(text: str) -> str:
    """A text as a CSS string: only letters and digits stand as they are."""
    line = clean(text).replace("\n", " ")
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in line) + '"'
