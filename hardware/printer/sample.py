"""A made-up slip in three languages, for test prints, training and the golden pictures."""

from __future__ import annotations

from hardware.printer.faces import Language
from hardware.printer.layout import Block, Code, Pair, Rule, Space, Text

SAMPLE_LINK = "https://kiosk.example/s/TB1-2611-0457-K?d=8f3a2b1c9d4e5f60718293a4b5c6d7e8"
SAMPLE_NUMBER = "TB126110457K"
"""As bars, to show whether the head prints every dot of a line."""

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Receipt　SAMPLE",
        "place": "Treasury Building, kiosk 1",
        "when": "Fri 20 Nov 2026, 2:41 pm",
        "service": "Senior Citizen Card",
        "department": "Social Welfare Department",
        "fee": "Free",
        "state_name": "Status",
        "state": "Saved here, sent when the line is back",
        "scan": "Scan to see the progress. It also proves, without a network, that this application was handed in.",
        "private": "No name or identity number is printed",
    },
    "zh_Hant": {
        "title": "收據　樣本",
        "place": "庫務大樓 1 號機",
        "when": "2026 年 11 月 20 日　下午 2:41",
        "service": "長者卡",
        "department": "社會福利署",
        "fee": "免費",
        "state_name": "狀況",
        "state": "已儲存在這部機，線路恢復後送出",
        "scan": "掃描可查進度，不用連接網絡也能證明這份申請已遞交。",
        "private": "沒有印出姓名及證件號碼",
    },
    "zh_Hans": {
        "title": "回执　样本",
        "place": "库务大楼 1 号机",
        "when": "2026 年 11 月 20 日　14:41",
        "service": "长者卡",
        "department": "社会福利署",
        "fee": "免费",
        "state_name": "状态",
        "state": "已保存在本机，网络恢复后送出",
        "scan": "扫描可查进度，无需联网也能证明这份申请已提交。",
        "private": "没有打印姓名及证件号码",
    },
}


def sample_slip(language: Language) -> tuple[Block, ...]:
    """The blocks of a made-up receipt, marked as a sample in its title."""
    words = WORDS[language]
    return (
        Text(words["title"], "title", True),
        Text(words["place"], "small"),
        Rule(),
        Text("TB1 2611 0457 K", "display", True),
        Text(words["when"]),
        Space(12),
        Text(words["service"], "title", True),
        Pair(words["department"], words["fee"]),
        Pair(words["state_name"], words["state"]),
        Code(SAMPLE_LINK),
        Text(words["scan"], "small"),
        Rule(),
        Text(words["private"], "small"),
        Code(SAMPLE_NUMBER, "code128"),
    )
