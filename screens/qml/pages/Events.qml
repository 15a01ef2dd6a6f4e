pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// All life events.
KioskPage {
    title: qsTrId("matters.events_title")
    lead: qsTrId("matters.events_lead")
    Pager {
        anchors.fill: parent
        spacing: 20
        Repeater {
            model: Events.events
            OptionRow {
                required property var modelData
                width: parent.width
                label: modelData.label
                note: modelData.note
                chevron: true
                onActivated: Events.open(modelData.id)
            }
        }
    }
}
