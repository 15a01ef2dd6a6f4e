pragma ComponentBehavior: Bound
import QtQuick

// kind: next (yellow) | wait (says what it waits for) | second | dark (on the bar)
Touchable {
    id: b
    property string label
    property string icon: ""
    property bool iconAfter: false
    property string kind: "second"
    readonly property int fit: Math.ceil(row.implicitWidth + 72)
    readonly property bool onBar: kind !== "second"
    readonly property color face: kind === "next" ? Theme.accent : onBar ? "transparent" : Theme.page
    readonly property color tone: kind === "next" ? Theme.accentInk : kind === "wait" ? Theme.barSoft : kind === "dark" ? Theme.barInk : Theme.primary
    spoken: label
    enabled: kind !== "wait"
    ring: onBar ? Theme.barInk : Theme.primary
    implicitHeight: Theme.primaryTarget
    implicitWidth: fit
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: b.held ? b.tone : b.face
        border.width: b.kind === "next" ? 0 : Theme.line
        border.color: b.kind === "wait" ? Theme.barRule : b.kind === "dark" ? Theme.barEdge : Theme.primary
    }
    Row {
        id: row
        readonly property color tone: b.held ? (b.kind === "next" ? Theme.accent : b.onBar ? Theme.bar : Theme.page) : b.tone
        anchors.centerIn: parent
        spacing: 20
        Icon {
            visible: b.icon !== "" && !b.iconAfter
            name: b.icon
            size: 52
            color: row.tone
            anchors.verticalCenter: parent.verticalCenter
        }
        Txt {
            text: b.label
            role: "strong"
            color: row.tone
            wrapMode: Text.NoWrap
            font.pixelSize: b.kind === "next" || b.kind === "wait" ? Theme.h2 : Theme.px(40)
            anchors.verticalCenter: parent.verticalCenter
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 0.9
            Accessible.ignored: true
        }
        Icon {
            visible: b.icon !== "" && b.iconAfter
            name: b.icon
            size: 52
            color: row.tone
            anchors.verticalCenter: parent.verticalCenter
        }
    }
}
