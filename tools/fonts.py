#!/usr/bin/python3
"""tools/fonts.py OUT: cuts the fonts that Orrery shows out of the distribution's Noto Sans CJK, NanumGothicCoding and DejaVu.

OUT gets these files (family names are dropped: "Nanum" is a Reserved Font Name, which a cut font may not carry):
  ui_regular.otf, ui_bold.otf  ASCII, Latin-1, signs, jamo and the syllables of the page's own texts and lessons: fetched first
  ui_more.otf, ui_more_bold.otf  the rest of the 2,350 syllables of KS X 1001, fetched for who may type them
  ui_all.otf                   the rest of all 11,172, for a page to fetch when one is missing above
  mono.ttf, mono_bold.ttf      ASCII, signs, box drawing: the terminal (its Hangul comes from ui_regular)
  signs.ttf                    arrows, check marks, media keys and boxes that the others lack: merge it last
A finished cut is kept in the cache by content: this script, the font files, the syllables of the texts and the version of
fonttools.
"""
import hashlib
import os
import pathlib
import shutil
import sys
import tempfile

import fontTools
from fontTools import subset

NOTO = pathlib.Path("/usr/share/fonts/opentype/noto")
DEJAVU = pathlib.Path("/usr/share/fonts/truetype/dejavu")
NANUM = pathlib.Path("/usr/share/fonts/truetype/nanum")
NOTO_KR = 1  # number of "Noto Sans CJK KR" in the collection

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
SIGNS = [ord(c) for c in "–—‘’“”†•‣…‰′″‹›€™←↑→↓↔↕↖↗↘↙↩↪↵↺↻⇄⇐⇑⇒⇓⇔∀∂∃∅∈−∓√∞∩∪≈≠≡≤≥⊂⊃⌘⌃⌥⌨⌫⎋⏎⏏⏩⏪⏭⏮⏯⏱⏳⏴⏵⏶⏷⏸⏹⏺"
         "■□▢▣▪▫▬▲△▴▵▶▷▸▹►▻▼▽▾▿◀◁◂◃◄◅◆◇◈◉○◌◎●◐◑◒◓◔◕◢◣◤◥◦◯★☆☐☑☒☰♠♡♢♣♥♦⚑⚙⚠⚡✎✓✔✕✖✗✘✚✦✱✳❌❓❗❤➔➜➤⟳⬆⬇、。〈〉《》「」『』【】〔〕・"]
BOXES = [*range(0x2500, 0x25A0)]
JAMO = [*range(0x3131, 0x318F), *range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]
KS_X_1001 = [ord(bytes([high, low]).decode("euc-kr")) for high in range(0xB0, 0xC9) for low in range(0xA1, 0xFF)]
HANGUL = [*range(0xAC00, 0xD7A4)]

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = ["playground/viewmodel/text/*.yaml", "lessons/**/*.yaml"]  # cmake/assets.cmake names them, too
OWN = sorted({ord(c) for pattern in TEXTS for file in ROOT.glob(pattern) for c in file.read_text(encoding="utf-8")} & set(HANGUL))

CUTS = {
    "ui_regular.otf": (NOTO / "NotoSansCJK-Regular.ttc", NOTO_KR, LATIN + SIGNS + JAMO + OWN),
    "ui_bold.otf": (NOTO / "NotoSansCJK-Bold.ttc", NOTO_KR, LATIN + SIGNS + JAMO + OWN),
    "ui_more.otf": (NOTO / "NotoSansCJK-Regular.ttc", NOTO_KR, sorted(set(KS_X_1001) - set(OWN))),
    "ui_more_bold.otf": (NOTO / "NotoSansCJK-Bold.ttc", NOTO_KR, sorted(set(KS_X_1001) - set(OWN))),
    "ui_all.otf": (NOTO / "NotoSansCJK-Regular.ttc", NOTO_KR, sorted(set(HANGUL) - set(KS_X_1001) - set(OWN))),
    "mono.ttf": (NANUM / "NanumGothicCoding.ttf", -1, LATIN + SIGNS + BOXES),
    "mono_bold.ttf": (NANUM / "NanumGothicCodingBold.ttf", -1, LATIN + SIGNS + BOXES),
    "signs.ttf": (DEJAVU / "DejaVuSans.ttf", -1, SIGNS + BOXES),
}


def cut(source, number, code_points, target):
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[], font_number=number,
                             drop_tables=["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "FFTM", "VDMX", "hdmx"])
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def cached():
    """The cache folder with all cuts, made now if it is not there."""
    key = hashlib.sha256(pathlib.Path(__file__).read_bytes() + fontTools.version.encode() + repr(OWN).encode())
    for source in sorted({source for source, _, _ in CUTS.values()}):
        key.update(source.read_bytes())
    root = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "orrery"
    folder = root / f"fonts-{key.hexdigest()[:12]}"
    if not folder.exists():
        root.mkdir(parents=True, exist_ok=True)
        work = pathlib.Path(tempfile.mkdtemp(dir=root))
        for name, (source, number, code_points) in CUTS.items():
            cut(source, number, code_points, work / name)
        try:
            work.rename(folder)
        except OSError:  # another build was first
            shutil.rmtree(work)
    return folder


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    folder = cached()
    for name in CUTS:
        shutil.copyfile(folder / name, out / name)


if __name__ == "__main__":
    main()
