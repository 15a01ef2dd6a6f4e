pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    title: qsTrId("help.title")
    lead: qsTrId("help.lead")
    Txt {
        width: parent.width
        text: Site.staffHelp
        role: "strong"
    }
    Txt {
        width: parent.width
        text: qsTrId("help.kept")
        color: Theme.inkSoft
    }
    footer: ActionButton {
        width: parent.width
        label: qsTrId("overlay.close")
        icon: "close"
        onActivated: Visit.close()
    }
}
