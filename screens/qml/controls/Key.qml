pragma ComponentBehavior: Bound
import QtQuick

// One key; the touch cell fills the gap to its neighbours. A legend is the letter in the corner of a Chinese key.
Touchable {
    id: k
    property string label
    property string legend: ""
    property string icon: ""
    property bool special: false
    property bool flat: false       // a cell of the bar: no face of its own
    property bool strong: false     // the cell that the space bar takes
    property int face: 96
    ringInset: flat ? 14 : 6        // round the face; where there is none, clear of the lines of the bar
    readonly property color tone: k.held !== k.strong ? Theme.primaryInk : Theme.ink
    width: face + 10
    implicitHeight: 116
    spoken: label
    activeFocusOnTab: false
    Accessible.role: Accessible.Button
    Rectangle {
        x: 5
        y: 6
        width: k.face
        height: 104
        radius: Theme.radius
        color: k.held !== k.strong ? Theme.primary : k.flat ? "transparent" : k.special ? Theme.keySpecial : Theme.page
        border.width: !k.flat && (Theme.black || Theme.white) ? 4 : 0
        border.color: Theme.edge
        Icon {
            visible: k.icon !== ""
            name: k.icon
            size: 48
            grows: false
            anchors.centerIn: parent
            color: k.tone
        }
        Txt {
            visible: k.legend !== ""
            x: 10
            y: 4
            text: k.legend
            font.pixelSize: Theme.keycap
            role: "strong"
            lineHeight: 0.9
            color: k.held ? Theme.primaryInk : Theme.inkSoft
            Accessible.ignored: true
        }
        Txt {
            visible: k.icon === ""
            anchors.centerIn: parent
            anchors.verticalCenterOffset: k.legend !== "" ? 14 : 0
            text: k.label
            role: k.special ? "strong" : "body"
            font.pixelSize: k.special ? 36 : 44
            lineHeight: 0.9
            wrapMode: Text.NoWrap
            color: k.tone
            Accessible.ignored: true
        }
    }
}
