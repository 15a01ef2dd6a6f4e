"""Somebody who types Chinese: made-up names and addresses, their codes from the installed dictionaries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import opencc

from kiosk.typing import Composition, InputEngine, Method
from kiosk.typing.rime import SHARED

SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何羅高蕭潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯翁魏孫戴"
GIVEN = "大文小明志強美玲家豪淑芬俊傑雅婷建國秀英偉嘉慧敏永康詩詠浩然子軒樂怡穎欣思敏凱琳國榮麗珍耀輝少芳"
PLACES = ("香港", "九龍", "新界", "廣州市", "深圳市", "東莞市", "中山市", "珠海市", "佛山市", "江門市")
ROADS = ("彌敦道", "皇后大道中", "長沙灣道", "德輔道", "人民路", "中山路", "解放路", "建設街", "和平街", "花園街")
HOUSES = ("安樂大廈", "和平樓", "康寧苑", "富貴花園", "新興邨", "明珠閣")
DICTIONARY: dict[Method, str] = {
    "quick": "quick5",
    "cangjie": "cangjie5",
    "stroke": "stroke",
    "jyutping": "jyutping",
    "pinyin": "luna_pinyin",
    "pinyin_hant": "luna_pinyin",
}
BY_SOUND: tuple[Method, ...] = ("jyutping", "pinyin", "pinyin_hant")


def texts(count: int) -> list[str]:
    """Made-up names, and every fifth an address."""
    given = ["".join(pair) for pair in itertools.pairwise(GIVEN)]
    names = [f"{SURNAMES[n % len(SURNAMES)]}{given[n * 7 % len(given)]}" for n in range(count)]
    for n in range(0, count, 5):
        names[n] = PLACES[n // 5 % 10] + ROADS[n // 50 % 10] + HOUSES[n // 5 % 6]
    return names


@cache
def codes(dictionary: str) -> dict[str, str]:
    """The usual code of every character: that of the greatest weight, the first where none is given."""
    found: dict[str, tuple[float, str]] = {}
    text = (SHARED / f"{dictionary}.dict.yaml").read_text(encoding="utf-8").partition("\n...")[2]
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) < 2 or len(parts[0]) != 1:
            continue
        share = parts[2].rstrip("%") if len(parts) > 2 else ""
        weight = float(share) if share.replace(".", "").isdigit() else 100.0
        if parts[0] not in found or weight > found[parts[0]][0]:
            found[parts[0]] = (weight, parts[1].replace(" ", ""))
    return {char: code for char, (_, code) in found.items()}


@cache
def simplified(text: str) -> str:
    """The same name as somebody in Guangdong writes it."""
    return str(opencc.OpenCC("t2s").convert(text))


def type_text(engine: InputEngine, method: Method, text: str) -> str:
    """Type a text (in traditional characters) and give what came out."""
    wanted = simplified(text) if method == "pinyin" else text
    table = codes(DICTIONARY[method])
    if method in BY_SOUND:
        return "".join(phrase(engine, table, *part) for part in parts(text, wanted))
    return "".join(one(engine, table[char], char) for char in wanted)


def parts(text: str, wanted: str) -> list[tuple[str, str]]:
    """A long text is typed a few characters at a time, as people do."""
    return [(text[at : at + 4], wanted[at : at + 4]) for at in range(0, len(text), 4)]


def keys(engine: InputEngine, code: str) -> Composition:
    found = Composition()
    for key in code:
        found = engine.feed(key)
    return found


def one(engine: InputEngine, code: str, char: str) -> str:
    """One character by its shape."""
    found = keys(engine, code)
    assert char in found.candidates, f"{char} is not among the candidates of {code}"
    return engine.pick(found.candidates.index(char)).commit


def phrase(engine: InputEngine, table: dict[str, str], text: str, wanted: str) -> str:
    """A few characters by their sound; the longest candidate that is right is taken, until nothing is left."""
    found = keys(engine, "'".join(table[char] for char in text))
    done = ""
    while True:
        rest = wanted[len(done) :]
        right = longest(found.candidates, rest)
        assert right, f"nothing fits {rest} in {found}"
        done += right
        found = engine.pick(found.candidates.index(right))
        if found.commit:
            return found.commit


def longest(candidates: Sequence[str], rest: str) -> str:
    return max((c for c in candidates if rest.startswith(c)), key=len, default="")
