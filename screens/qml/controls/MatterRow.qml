pragma ComponentBehavior: Bound
import QtQuick

// A matter to choose or leave out: a tick box, what it is, whose it is, and why it cannot be done now.
Touchable {
    id: o
    property string label
    property string note: ""
    property string after: ""
    property string reason: ""
    property int side: 0
    property string sideName: ""
    role: Accessible.CheckBox
    spoken: [label, note, after, reason].filter(part => part !== "").join(", ")
    implicitHeight: Math.max(148, words.implicitHeight + 36)
    readonly property color tone: held ? Theme.primaryInk : Theme.ink
    readonly property color soft: held ? Theme.primaryInk : Theme.inkSoft
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: o.held ? Theme.primary : o.checked ? Theme.surface : Theme.page
        border.width: o.checked ? 6 : o.enabled ? Theme.line : 2
        border.color: o.checked ? Theme.primary : o.enabled ? Theme.edge : Theme.hairline
    }
    Icon {
        x: 32
        anchors.verticalCenter: parent.verticalCenter
        size: 64
        visible: o.enabled
        color: o.held ? Theme.primaryInk : Theme.primary
        name: o.checked ? "check_box" : "check_box_outline_blank"
    }
    Column {
        id: words
        x: 128
        width: parent.width - x - mark.width - 56
        anchors.verticalCenter: parent.verticalCenter
        Txt {
            width: parent.width
            text: o.label
            role: "strong"
            color: o.enabled ? o.tone : Theme.inkSoft
            lineHeight: 0.9
            Accessible.ignored: true
        }
        Txt {
            width: parent.width
            text: o.note
            color: o.soft
            lineHeight: 0.9
            Accessible.ignored: true
        }
        Txt {
            visible: o.after !== "" && o.reason === ""
            width: parent.width
            text: o.after
            color: o.held ? Theme.primaryInk : Theme.primary
            lineHeight: 0.9
            Accessible.ignored: true
        }
        Txt {
            visible: o.reason !== ""
            width: parent.width
            text: o.reason
            role: "strong"
            color: o.held ? Theme.primaryInk : Theme.attention
            lineHeight: 0.9
            Accessible.ignored: true
        }
    }
    Column {
        id: mark
        anchors.right: parent.right
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        SideMark {
            anchors.right: parent.right
            side: o.side
            dot: 26
            gap: 36
            tone: o.held ? Theme.primaryInk : Theme.primary
        }
        Txt {
            anchors.right: parent.right
            text: o.sideName
            color: o.soft
            wrapMode: Text.NoWrap
            lineHeight: 0.9
            Accessible.ignored: true
        }
    }
}
