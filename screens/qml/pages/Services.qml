pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The services of one category; those that cannot be done here say so.
KioskPage {
    id: page
    title: Home.listTitle
    lead: Theme.lowReach ? "" : Home.listLead
    Pager {
        anchors.fill: parent
        page: Home.listPage
        onTurned: part => Home.turnTo(part)
        Repeater {
            model: Home.services
            OptionRow {
                required property var modelData
                width: Theme.landscape && !Theme.laptop ? Theme.share(parent.width, 2) : parent.width
                label: modelData.title
                note: modelData.note
                reason: modelData.reason
                off: !modelData.available
                chevron: true
                onActivated: Home.openService(modelData.id)
            }
        }
    }
}
