pragma ComponentBehavior: Bound
import QtQuick

// kind: ok | attention | failed | info. Always a symbol, a sentence, and what to do next.
Rectangle {
    id: n
    property string kind: "info"
    property string text
    property string more: ""
    property bool shown: true
    readonly property color tone: kind === "ok" ? Theme.ok : kind === "attention" ? Theme.attention : kind === "failed" ? Theme.failed : Theme.primary
    color: kind === "ok" ? Theme.okSurface : kind === "attention" ? Theme.attentionSurface : kind === "failed" ? Theme.failedSurface : Theme.surface
    border.width: Theme.black || Theme.white ? 4 : 0
    border.color: tone
    implicitHeight: words.implicitHeight + (Theme.landscape ? 28 : 48)
    Accessible.role: kind === "failed" ? Accessible.AlertMessage : Accessible.Note
    Accessible.name: more === "" ? text : text + " " + more
    Rectangle {
        width: 12
        height: parent.height
        color: n.tone
    }
    Icon {
        id: symbol
        x: Theme.laptop ? 28 : 40
        y: words.y
        size: 52
        color: n.tone
        name: n.kind === "ok" ? "check_circle" : n.kind === "attention" ? "warning" : n.kind === "failed" ? "cancel" : "info"
    }
    Column {
        id: words
        anchors.left: symbol.right
        anchors.leftMargin: 24
        anchors.right: parent.right
        anchors.rightMargin: 32
        anchors.verticalCenter: parent.verticalCenter
        spacing: 4
        Txt {
            width: parent.width
            text: n.text
            role: "strong"
            color: n.tone
            Accessible.ignored: true
        }
        Txt {
            visible: n.more !== ""
            width: parent.width
            text: n.more
            Accessible.ignored: true
        }
    }
}
