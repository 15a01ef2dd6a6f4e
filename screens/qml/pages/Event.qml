pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// One life event: what usually follows, in which order, what to bring once, and what can be done here now.
KioskPage {
    title: Events.title
    lead: Events.lead
    next: Events.nextLabel
    nextIcon: Events.possible ? "arrow_forward" : ""
    ready: Events.possible
    onNextPressed: Events.start()
    Pager {
        anchors.fill: parent
        spacing: 20
        Note {
            shown: Events.trouble !== ""
            width: parent.width
            kind: "attention"
            text: Events.trouble
        }
        Figures {
            width: parent.width
            figures: Events.eventFigures
        }
        Repeater {
            // by number: a row that is ticked stays the same row
            model: Events.matters.length
            MatterRow {
                required property int index
                readonly property var matter: Events.matters[index] ?? ({})
                width: parent.width
                label: matter.title ?? ""
                note: matter.note ?? ""
                after: matter.after ?? ""
                reason: matter.reason ?? ""
                side: matter.side ?? 0
                sideName: matter.sideName ?? ""
                checked: matter.chosen ?? false
                enabled: matter.possible ?? false
                onActivated: Events.toggle(matter.id)
            }
        }
        Repeater {
            model: Events.papersToBring
            PaperRow {
                required property var modelData
                required property int index
                heading: index === 0 ? qsTrId("matters.bring") : ""
                label: modelData.label
                note: modelData.note
            }
        }
    }
}
