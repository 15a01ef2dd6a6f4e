pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The services of one category; those that cannot be done here say so.
KioskPage {
    id: page
    title: Home.listTitle
    lead: Home.listLead
    Column {
        width: parent.width
        spacing: 20
        Repeater {
            model: Home.services
            OptionRow {
                required property var modelData
                width: parent.width
                label: modelData.title
                note: modelData.note
                reason: modelData.reason
                off: !modelData.available
                chevron: true
                onActivated: Home.openService(modelData.id)
            }
        }
        ActionButton {
            visible: Home.pages > 1
            width: parent.width
            implicitHeight: 112
            label: Home.pageText
            icon: "expand_more"
            onActivated: Home.more()
        }
    }
}
