pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    id: d
    title: qsTrId("idle.title")
    lead: Visit.idleText
    Row {
        spacing: 8
        Repeater {
            model: 20
            Rectangle {
                required property int index
                width: (d.inner - 19 * 8) / 20
                height: 40
                radius: 6
                color: index < Visit.idleBlocks ? Theme.primary : Theme.idle
            }
        }
    }
    Txt {
        text: Visit.secondsLeft
        role: "display"
        color: Theme.primary
    }
    ActionButton {
        width: parent.width
        kind: "next"
        implicitHeight: 168
        label: qsTrId("idle.stay")
        icon: "touch_app"
        onActivated: Visit.stay()
    }
    ActionButton {
        width: parent.width
        label: qsTrId("leave.leave")
        icon: "logout"
        onActivated: Visit.leave()
    }
}
