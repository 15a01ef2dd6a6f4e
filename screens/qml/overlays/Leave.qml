pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    title: qsTrId("leave.title")
    lead: qsTrId("leave.lead")
    ActionButton {
        width: parent.width
        kind: "next"
        implicitHeight: 168
        label: qsTrId("leave.stay")
        icon: "touch_app"
        onActivated: Visit.close()
    }
    ActionButton {
        width: parent.width
        label: qsTrId("leave.leave")
        icon: "logout"
        onActivated: Visit.leave()
    }
}
