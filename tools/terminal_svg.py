# SPDX-License-Identifier: Apache-2.0
"""A picture of terminal output: text with ANSI colours in, SVG out. The same text gives the same bytes."""

import dataclasses
import re
import unicodedata
import xml.sax.saxutils

FONT = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
FONT_SIZE = 14
CELL_WIDTH = 8.4  # 0.6 em: what the fonts above have
LINE_HEIGHT = 21
MARGIN = 22
TITLE_BAR = 38

BACKGROUND, BAR, BORDER, FOREGROUND, FAINT = "#0d1117", "#161b22", "#30363d", "#d6dee6", "#7d8590"
LIGHTS = ("#ff5f57", "#febc2e", "#28c840")
# SGR 30 to 37 (ECMA-48 §8.3.117), as a dark terminal shows them.
COLORS = ("#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#f0f6fc")

# What stands together: XML readers fold runs of spaces, so that each column of a table is placed by itself.
_WORDS = re.compile(r"[^ ]+(?: [^ ]+)*")
_SGR = re.compile(r"\x1b\[([0-9;]*)m")


@dataclasses.dataclass(frozen=True)
class Style:
    color: str = FOREGROUND
    bold: bool = False

    def after(self, parameters):
        """This style, changed by the parameters of one SGR sequence. An unknown one is an error: it would be lost."""
        style = self
        for code in map(int, parameters.split(";") if parameters else ["0"]):
            if code == 0:
                style = Style()
            elif code == 1:
                style = dataclasses.replace(style, bold=True)
            elif code == 2:
                style = dataclasses.replace(style, color=FAINT)
            elif 30 <= code <= 37:
                style = dataclasses.replace(style, color=COLORS[code - 30])
            else:
                raise ValueError(f"SGR {code} has no place in the picture")
        return style


@dataclasses.dataclass(frozen=True)
class Run:
    """Text of one style, from a column on."""

    column: int
    text: str
    style: Style


def _checked(text):
    """Other escape sequences and control characters would be drawn as boxes: they are errors."""
    for character in text:
        if unicodedata.category(character) == "Cc":
            raise ValueError(f"U+{ord(character):04X} has no place in the picture")
    return text


def runs_of(text):
    """One list of runs for each line; spaces between them are left out."""
    style, lines = Style(), []
    for line in text.rstrip("\n").split("\n"):
        column, runs = 0, []
        for index, part in enumerate(_SGR.split(line)):
            if index % 2:
                style = style.after(part)
                continue
            runs += [Run(column + words.start(), _checked(words[0]), style) for words in _WORDS.finditer(part)]
            column += len(part)
        lines.append(runs)
    return lines


def _number(value):
    return f"{value:.1f}".removesuffix(".0")


def _text_element(run, baseline):
    # textLength holds the columns together where the reader's font is wider or narrower than ours.
    weight = ' font-weight="600"' if run.style.bold else ""
    return (
        f'<text x="{_number(MARGIN + run.column * CELL_WIDTH)}" y="{_number(baseline)}" fill="{run.style.color}"{weight}'
        f' textLength="{_number(len(run.text) * CELL_WIDTH)}" lengthAdjust="spacingAndGlyphs">'
        f"{xml.sax.saxutils.escape(run.text)}</text>"
    )


def draw(text, title):
    """An SVG document that shows `text` in a window of a dark terminal, with `title` as its accessible name."""
    lines = runs_of(text)
    columns = max(run.column + len(run.text) for line in lines for run in line)
    width = _number(2 * MARGIN + columns * CELL_WIDTH)
    height = _number(TITLE_BAR + len(lines) * LINE_HEIGHT + MARGIN + 10)
    name = xml.sax.saxutils.escape(title)
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label={xml.sax.saxutils.quoteattr(title)} font-family="{FONT}" font-size="{FONT_SIZE}">',
        f"<title>{name}</title>",
        f'<clipPath id="window"><rect width="{width}" height="{height}" rx="10"/></clipPath>',
        f'<g clip-path="url(#window)"><rect width="{width}" height="{height}" fill="{BACKGROUND}"/>'
        f'<rect width="{width}" height="{TITLE_BAR - 6}" fill="{BAR}"/></g>',
        f'<rect x="0.5" y="0.5" width="{_number(float(width) - 1)}" height="{_number(float(height) - 1)}" rx="9.5" fill="none"'
        f' stroke="{BORDER}"/>',
        *(f'<circle cx="{20 + 20 * n}" cy="16" r="6" fill="{color}"/>' for n, color in enumerate(LIGHTS)),
    ]
    for number, runs in enumerate(lines):
        baseline = TITLE_BAR + 22 + number * LINE_HEIGHT
        elements += [_text_element(run, baseline) for run in runs]
    return "\n".join([*elements, "</svg>"]) + "\n"
