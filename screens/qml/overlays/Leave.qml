pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    title: qsTrId("leave.title")
    lead: qsTrId("leave.lead")
    footer: [
        ActionButton {
            width: Theme.landscape ? Theme.share(parent.width, 2) : parent.width
            kind: "next"
            least: Theme.dialogTarget
            label: qsTrId("leave.stay")
            icon: "touch_app"
            onActivated: Visit.close()
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
