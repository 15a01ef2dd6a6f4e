pragma ComponentBehavior: Bound
import QtQuick

// One knot of a thread. state: done | now | next | later | locked | failed; symbol, words and colour say it alike.
Item {
    id: row
    property string step: "later"
    property string title
    property string where: ""
    property string note: ""
    property int side: 0
    property string sideName: ""
    property bool last: false
    property bool sided: true
    property string action: ""
    signal acted
    readonly property bool filled: step === "done"
    readonly property color tone: step === "done" ? Theme.ok : step === "failed" ? Theme.attention : step === "locked" || step === "later" ? Theme.inkSoft : Theme.primary
    implicitHeight: Math.max(148, words.height + 28, row.sided ? mark.y + mark.height + 20 : 0)
    Rectangle {
        visible: !row.last
        x: 33
        y: 76
        width: 6
        height: parent.height - 48
        color: row.filled ? Theme.primary : Theme.hairline
    }
    Rectangle {
        y: 8
        width: 72
        height: 72
        radius: 36
        color: row.filled ? Theme.primary : row.step === "next" ? Theme.accent : Theme.page
        border.width: row.filled ? 0 : 6
        border.color: row.step === "next" ? Theme.accentInk : row.step === "failed" ? Theme.attention : row.step === "now" ? Theme.primary : Theme.edge
        Icon {
            anchors.centerIn: parent
            size: 44
            name: ({
                done: "done",
                now: "sync",
                next: "arrow_forward",
                locked: "lock",
                failed: "warning"
            })[row.step] ?? "more_horiz"
            color: row.filled ? Theme.primaryInk : row.step === "next" ? Theme.accentInk : row.step === "failed" ? Theme.attention : row.step === "now" ? Theme.primary : Theme.edge
        }
    }
    Column {
        id: words
        x: 112
        width: parent.width - x - Math.max(row.action !== "" ? button.width : 0, row.sided ? mark.width : 0) - 24
        Txt {
            width: parent.width
            text: row.title
            role: "strong"
            font.pixelSize: Theme.px(40)
            lineHeight: 0.9
        }
        Txt {
            visible: row.where !== ""
            width: parent.width
            text: row.where
            color: Theme.inkSoft
            lineHeight: 0.9
        }
        Txt {
            visible: row.note !== ""
            width: parent.width
            text: row.note
            role: row.step === "locked" || row.step === "later" ? "body" : "strong"
            color: row.tone
            lineHeight: 0.9
        }
    }
    Column {
        id: mark
        visible: row.sided
        anchors.right: parent.right
        y: row.action === "" ? 16 : button.y + button.height + 12
        SideMark {
            anchors.right: parent.right
            side: row.side
            dot: 26
            gap: 36
        }
        Txt {
            anchors.right: parent.right
            text: row.sideName
            color: Theme.inkSoft
            wrapMode: Text.NoWrap
            lineHeight: 0.9
        }
    }
    ActionButton {
        id: button
        visible: row.action !== ""
        anchors.right: parent.right
        y: 8
        width: fit
        implicitHeight: 96
        label: row.action
        spoken: row.action + ", " + row.title
        onActivated: row.acted()
    }
}
