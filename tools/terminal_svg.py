"""A terminal as an animated picture: SVG with CSS, no script, no font of its own.

Used by tools/operate-docs and tools/demo-picture. A Film is a row of moments; each is what the
terminal shows from then on. Every row of text is in the file once for the time that it is seen, so
that typing a command costs one row a letter and not a whole screen. Blanks are no-break ones and
every run of text has its place and length, so that it looks the same in any font.
"""
import html
import re

CELL, LINE, SIZE = 8, 19, 13.3
PLAIN, BOLD, DIM, GOOD, BAD, NOTE = "#c9d1d9", "#ffffff", "#8b949e", "#7ee787", "#ffa198", "#e3b341"
INVERSE = "inverse"
WORDS = [  # what is looked for in a line of output, and its colour; the first that fits a place wins
    (r"^\s*(to do|what to do|hint)\b.*|^\s*rule .*", NOTE),
    (r"^outband: .*|^\s*health .*|^Refused.*", BAD),
    (r"\brefused\b|\bfailed\b", BAD),
    (r"\bconfigured\b|\bis on\b|\btook power on\b|\bdone\b|(?<=  )on$|#+(?=[ #]*\])", GOOD),
    (r"\bis off\b|\btook power off\b|(?<=  )off$", NOTE),
]


class Screen:
    """What a VT100 shows, as far as consoles of PCs use one: places, clearing, inverse."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.clear()

    def clear(self):
        self.cells = [[(" ", None)] * self.width for _ in range(self.height)]
        self.x = self.y = 0
        self.style = None

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.|\n", text):
            if part.startswith("\x1b["):
                self.control(part[-1], [int(n) if n else 0 for n in part[2:-1].strip("?").split(";")])
            elif part == "\n":
                self.newline()
            elif part == "\r":
                self.x = 0
            elif part >= " ":
                if self.x >= self.width:
                    self.x = 0
                    self.newline()
                self.cells[self.y][self.x] = (part, self.style)
                self.x += 1

    def newline(self):
        self.y += 1
        if self.y == self.height:
            self.cells = self.cells[1:] + [[(" ", None)] * self.width]
            self.y -= 1

    def control(self, what, numbers):
        if what == "H":
            self.y = min(max(numbers[0], 1), self.height) - 1
            self.x = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.width) - 1
        elif what == "J" and numbers[0] == 2:
            self.cells = [[(" ", None)] * self.width for _ in range(self.height)]
        elif what == "K":
            self.cells[self.y][self.x:] = [(" ", None)] * (self.width - self.x)
        elif what == "m":
            self.style = INVERSE if 7 in numbers else None

    def rows(self):
        """Each row as runs (column, text, style)."""
        return [tuple(runs(cells)) for cells in self.cells]


def runs(cells):
    at = 0
    while at < len(cells):
        end = at
        while end < len(cells) and cells[end][1] == cells[at][1]:
            end += 1
        text, style = "".join(c for c, _ in cells[at:end]), cells[at][1]
        if style != INVERSE:
            lead = len(text) - len(text.lstrip())
            text, begin = text.strip(), at + lead
        else:
            begin = at
        if text:
            yield begin, text, style
        at = end


def coloured(line):
    """A line of output as runs, by WORDS."""
    marks = [None] * len(line)
    for pattern, colour in WORDS:
        for m in re.finditer(pattern, line):
            for i in range(m.start(), m.end()):
                marks[i] = marks[i] or colour
    return tuple(runs(list(zip(line, marks))))


def prompt(command):
    return tuple(runs([("$", GOOD), (" ", GOOD)] + [(c, BOLD) for c in command]))


class Film:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.moments = []  # (time, rows)
        self.at = 0.0
        self.lines = []

    def show(self, rows, seconds):
        rows = list(rows)[-self.height:]
        self.moments.append((self.at, rows + [()] * (self.height - len(rows))))
        self.at += seconds

    def clear(self):
        self.lines = []

    def type(self, command, seconds_a_letter=0.035):
        """A command is typed; long ones go on in the next rows, with a backslash as in a shell."""
        parts = wrapped(command, self.width - 4)
        before = list(self.lines)
        for n, part in enumerate(parts):
            done = [prompt(p) if i == 0 else (((2, p, BOLD),)) for i, p in enumerate(parts[:n])]
            for end in range(0, len(part) + 1, 3):
                text = part[:end]
                now = prompt(text + "\u2588") if n == 0 else ((2, text + "\u2588", BOLD),)
                self.show(before + done + [now], 3 * seconds_a_letter)
        self.lines = before + [prompt(p) if i == 0 else ((2, p, BOLD),) for i, p in enumerate(parts)]
        self.show(self.lines, 0.3)

    def say(self, lines, seconds_a_line=0.05):
        for line in lines:
            colours = list(coloured(line))
            while colours and colours[-1][0] + len(colours[-1][1]) > self.width:
                self.lines.append(coloured(line[:self.width]))
                line = line[self.width:]
                colours = list(coloured(line))
            self.lines.append(tuple(colours))
            self.show(self.lines, seconds_a_line)

    def again(self, line, seconds):
        """Writes the last row anew, as progress does."""
        self.lines[-1] = coloured(line[:self.width])
        self.show(self.lines, seconds)

    def rest(self, seconds):
        self.at += seconds


def wrapped(command, width):
    parts, line = [], ""
    for word in command.split(" "):
        if line and len(line) + 1 + len(word) > width:
            parts.append(line + " \\")
            line = "  " + word
        else:
            line = line + " " + word if line else word
    return parts + [line]


def spans(film):
    """Rows with the times between which each is seen: (row, runs, begin, end)."""
    out, open_rows = [], {}
    for when, rows in film.moments + [(film.at, [()] * film.height)]:
        for y, row in enumerate(rows):
            if y in open_rows and open_rows[y][0] == row and when < film.at:
                continue
            if y in open_rows:
                old, begin = open_rows.pop(y)
                if old and begin < when:
                    out.append((y, old, begin, when))
            if row:
                open_rows[y] = (row, when)
    return out


def draw_run(x, y, text, style):
    fill = {INVERSE: "#0d1117", None: PLAIN}.get(style, style)
    box = ""
    if style == INVERSE:
        box = '<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>' % (x, y - 14, len(text) * CELL, LINE, PLAIN)
    weight = ' font-weight="bold"' if style == BOLD else ""
    return '%s<text x="%d" y="%d" fill="%s"%s textLength="%d">%s</text>' % (
        box, x, y, fill, weight, len(text) * CELL, html.escape(text.replace(" ", "\u00a0"), quote=False))


def svg(film, label, title):
    """The picture. What is seen last is what stands there where nothing moves."""
    w, h, top = 32 + film.width * CELL, 60 + film.height * LINE, 36
    style, body, names = [], [], {}
    for y, row, begin, end in spans(film):
        last = end >= film.at
        drawn = "".join(draw_run(16 + x * CELL, top + 24 + y * LINE, text, s) for x, text, s in row)
        if begin <= 0 and last:
            body.append("<g>%s</g>" % drawn)
            continue
        name = names.setdefault((begin, end), "k%x" % len(names))
        body.append('<g class="%s%s">%s</g>' % (name, "" if last else " o", drawn))
    for (begin, end), name in names.items():
        a, b = begin * 100 / film.at, end * 100 / film.at
        frames = "0%{visibility:hidden}" if begin > 0 else ""
        frames += "%.3f%%{visibility:visible}" % a
        frames += "%.3f%%,to{visibility:hidden}" % b if end < film.at else "to{visibility:visible}"
        style.append("@keyframes %s{%s}.%s{animation-name:%s}" % (name, frames, name, name))
    moving = ",".join("." + n for n in names.values())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">\n'
        "<style>%s\n.o{visibility:hidden}%s{animation-duration:%.1fs;animation-timing-function:step-end;"
        "animation-iteration-count:infinite}\n@media(prefers-reduced-motion:reduce){g{animation:none!important}}</style>\n"
        '<rect x=".5" y=".5" width="%d" height="%d" rx="9" fill="#0d1117" stroke="#30363d"/>\n'
        '<path d="M.5 %d V9.5a9 9 0 0 1 9-9H%da9 9 0 0 1 9 9V%dz" fill="#161b22" stroke="#30363d"/>\n'
        '<circle cx="20" cy="17" r="6" fill="#ff5f57"/><circle cx="40" cy="17" r="6" fill="#febc2e"/>'
        '<circle cx="60" cy="17" r="6" fill="#28c840"/>\n'
        '<text x="%d" y="22" fill="%s" text-anchor="middle" font-family="system-ui,sans-serif" font-size="13">%s</text>\n'
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" font-size="%s">\n%s\n</g>\n</svg>\n'
        % (w, h, w, h, html.escape(label), "\n".join(style), moving or ".n", film.at, w - 1, h - 1, top - 2, w - 10, top - 2,
           w // 2, DIM, html.escape(title), SIZE, "\n".join(body)))
