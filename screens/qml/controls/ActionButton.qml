pragma ComponentBehavior: Bound
import QtQuick

// kind: next (yellow) | wait (says what it waits for) | second | dark (on the bar)
// A label that is too long for the button's width takes another line, and the button grows.
Touchable {
    id: b
    property string label
    property string icon: ""
    property bool iconAfter: false
    property string kind: "second"
    property bool inColumn: false   // in the bar of a landscape sheet
    readonly property bool action: kind === "next" || kind === "wait"
    property int pad: inColumn ? 12 : 36
    readonly property int side: icon === "" ? 0 : symbolSide + 20
    readonly property int symbolSide: onBar && Theme.landscape ? 44 : Theme.px(52)
    readonly property int fit: Math.ceil(words.implicitWidth + side + 2 * pad)
    readonly property bool onBar: inColumn || kind === "dark" || kind === "wait" || (kind === "next" && inBar)
    property bool inBar: false
    property int least: Theme.primaryTarget
    readonly property color face: kind === "next" ? Theme.accent : kind === "second" ? Theme.page : "transparent"
    readonly property color tone: kind === "next" ? Theme.accentInk : kind === "wait" ? Theme.barSoft : kind === "dark" ? Theme.barInk : Theme.primary
    spoken: label.replace("\n", " ")
    enabled: kind !== "wait"
    ring: onBar ? Theme.barInk : Theme.primary
    implicitHeight: Math.max(least, wantedHeight)
    readonly property int wantedHeight: Math.max(Theme.target, Math.ceil(words.height) + 24)
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
        readonly property color tone: b.held ? (b.kind === "next" ? Theme.accent : b.kind === "second" ? Theme.page : Theme.bar) : b.tone
        anchors.centerIn: parent
        spacing: 20
        Icon {
            visible: b.icon !== "" && !b.iconAfter
            name: b.icon
            size: b.symbolSide
            grows: false
            color: row.tone
            anchors.verticalCenter: parent.verticalCenter
        }
        Txt {
            id: words
            width: Math.min(Math.ceil(implicitWidth), b.width - b.side - 2 * b.pad)
            text: b.label
            role: "strong"
            color: row.tone
            font.pixelSize: b.onBar ? Theme.barPx(b.action ? 44 : 40) : b.action ? Theme.h2 : Theme.px(40)
            anchors.verticalCenter: parent.verticalCenter
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 0.9
            Accessible.ignored: true
        }
        Icon {
            visible: b.icon !== "" && b.iconAfter
            name: b.icon
            size: b.symbolSide
            grows: false
            color: row.tone
            anchors.verticalCenter: parent.verticalCenter
        }
    }
}
