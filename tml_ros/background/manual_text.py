"""A manual's file to passages: Markdown and text by their headings, PDF by its pages.

Knows nothing of searching. PDF is read by pypdf, which is imported only here and may be absent.
What a manual says is data: nothing in it is followed. Reads one file; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

MARKDOWN, TEXT, PDF = (".md", ".markdown"), (".txt", ".text"), (".pdf",)
SUFFIXES: Final = (*MARKDOWN, *TEXT, *PDF)
MAX_TEXT_BYTES = 4 * 1024 * 1024
MAX_PDF_BYTES = 64 * 1024 * 1024
MAX_PAGES = 2_000
MAX_PAGE_CHARACTERS = 20_000
MAX_PASSAGES = 5_000
MAX_SECTION = 160
PASSAGE = 900
"""Characters of a passage, about a paragraph or two: enough to be understood, short to cite."""

_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,3}\.?[ \t]+[^\W\d_][^.;:]{2,78}$")


class UnreadableManualError(ValueError):
    """A file that gives no text; the message says why, in words for a list of what was skipped."""


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive text. title: of its headings, "Care > Lubrication". page: from 1, or None."""

    title: str
    page: int | None
    text: str


def read_manual(path: Path) -> tuple[Section, ...]:
    """The passages of a file, each at most PASSAGE characters, in its order.

    Raises UnreadableManualError, also where the file has more passages or pages than are taken in:
    half a manual that looks whole would be worse than none. Raises OSError.
    """
    suffix = path.suffix.lower()
    if suffix in PDF:
        found = _pdf_sections(path)
    else:
        text = _decoded(path)
        found = _markdown_sections(text) if suffix in MARKDOWN else _text_sections(text)
    passages = []
    for section in found:
        for text in _pieces(section.text):
            passages.append(Section(section.title[:MAX_SECTION], section.page, text))
            if len(passages) > MAX_PASSAGES:
                raise UnreadableManualError(f"more than {MAX_PASSAGES} passages")
    if not passages:
        raise UnreadableManualError(
            "no text in it; a scanned PDF needs text recognition first"
            if suffix in PDF
            else "no text in it"
        )
    return tuple(passages)


def _decoded(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        raise UnreadableManualError(f"more than {MAX_TEXT_BYTES // 1024**2} MB of text")
    if b"\0" in data:
        raise UnreadableManualError("not text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _markdown_sections(text: str) -> Iterator[Section]:
    titles: list[tuple[int, str]] = []
    body: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark is not None and not fence:
            fence = mark[1]
        elif fence:
            stripped = line.strip()
            if set(stripped) == {fence[0]} and len(stripped) >= len(fence):
                fence = ""
        heading = None if fence or mark else _ATX.match(line)
        level = len(heading[1]) if heading else 0
        title = heading[2] if heading else ""
        underline = None if fence or heading else _UNDERLINE.match(line)
        if underline and body and body[-1].strip() and not (len(body) > 1 and body[-2].strip()):
            level, title = (1 if underline[1][0] == "=" else 2), body.pop().strip()
        if level:
            yield _section(titles, body)
            body = []
            titles = [pair for pair in titles if pair[0] < level] + [(level, title)]
        else:
            body.append(line)
    yield _section(titles, body)


def _text_sections(text: str) -> Iterator[Section]:
    """Headings of plain text: numbered, underlined or in capitals, alone between empty lines."""
    title, body = "", [""]
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        stripped = line.strip()
        if _UNDERLINE.match(line) and len(stripped) >= 3 and len(body) > 1 and body[-1].strip():
            heading = body.pop().strip()
        elif not body[-1].strip() and not following.strip() and _is_heading(stripped):
            heading = stripped
        else:
            body.append(line)
            continue
        yield Section(title, None, "\n".join(body))
        title, body = heading, [""]
    yield Section(title, None, "\n".join(body))


def _is_heading(line: str) -> bool:
    capitals = line.isupper() and 3 <= len(line) <= 80
    return capitals or bool(_NUMBERED.match(line))


def _section(titles: Iterable[tuple[int, str]], body: Iterable[str]) -> Section:
    return Section(" > ".join(title for _, title in titles if title), None, "\n".join(body))


def pdf_can_be_read() -> bool:
    """Whether pypdf is there."""
    return find_spec("pypdf") is not None


def _pdf_sections(path: Path) -> Iterator[Section]:
    if not pdf_can_be_read():
        raise UnreadableManualError("PDF needs pypdf: pip install 'tml_ros[background]'")
    if path.stat().st_size > MAX_PDF_BYTES:
        raise UnreadableManualError(f"more than {MAX_PDF_BYTES // 1024**2} MB")
    try:
        yield from _pdf_pages(path)
    except (UnreadableManualError, OSError):
        raise
    except Exception as error:  # whatever pypdf makes of a broken file
        raise UnreadableManualError(
            f"not a PDF that can be read ({type(error).__name__})"
        ) from None


def _pdf_pages(path: Path) -> Iterator[Section]:
    pypdf = import_module("pypdf")
    with path.open("rb") as file:
        reader = pypdf.PdfReader(file, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableManualError("locked by a password")
        if len(reader.pages) > MAX_PAGES:
            raise UnreadableManualError(f"more than {MAX_PAGES} pages")
        for number, page in enumerate(reader.pages, start=1):
            text = page.extract_text() or ""
            yield Section("", number, text[:MAX_PAGE_CHARACTERS])


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs packed into pieces of at most PASSAGE characters, torn only where they must."""
    piece = ""
    # PDF fonts can yield halves of characters, which no file and no message takes.
    text = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    for paragraph in re.split(r"\n[ \t]*\n", text):
        whole = " ".join(paragraph.split())
        for part in _torn(whole):
            if piece and len(piece) + 1 + len(part) > PASSAGE:
                yield piece
                piece = ""
            piece = f"{piece}\n{part}" if piece else part
    if piece:
        yield piece


def _torn(paragraph: str) -> Iterator[str]:
    while len(paragraph) > PASSAGE:
        cut = paragraph.rfind(". ", PASSAGE // 2, PASSAGE) + 1
        cut = cut or paragraph.rfind(" ", PASSAGE // 2, PASSAGE) or PASSAGE
        cut = cut if cut > 0 else PASSAGE
        yield paragraph[:cut].rstrip()
        paragraph = paragraph[cut:].lstrip()
    if paragraph:
        yield paragraph
