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
                border.width: Theme.black || Theme.white ? 3 : 0
                border.color: Theme.edge
            }
        }
    }
    Txt {
        width: d.inner
        text: Visit.secondsLeft
        role: "display"
        color: Theme.primary
    }
    footer: [
        ActionButton {
            width: Theme.landscape ? Theme.share(parent.width, 2) : parent.width
            kind: "next"
            least: Theme.dialogTarget
            label: qsTrId("idle.stay")
            icon: "touch_app"
            onActivated: Visit.stay()
        },
        ActionButton {
            width: Theme.landscape ? Theme.share(parent.width, 2) : parent.width
            least: Theme.landscape ? Theme.dialogTarget : Theme.primaryTarget
            label: qsTrId("leave.leave")
            icon: "logout"
            onActivated: Visit.leave()
        }
    ]
}
