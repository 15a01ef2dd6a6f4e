pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The thread of a case: done, under way, next, later, and what each matter waits for.
KioskPage {
    title: Thread.title
    lead: Thread.lead
    next: Thread.nextLabel
    nextIcon: Thread.possible ? "arrow_forward" : ""
    ready: Thread.possible
    second: Thread.addLabel
    secondIcon: Thread.addLabel !== "" ? "add" : ""
    onNextPressed: Visit.next()
    onSecondPressed: Thread.add()
    Pager {
        anchors.fill: parent
        spacing: 20
        Figures {
            property bool shown: Thread.caseFigures.length > 0
            width: parent.width
            figures: Thread.caseFigures
        }
        Note {
            shown: Thread.missing !== "" && !Thread.begun
            width: parent.width
            kind: "attention"
            text: Thread.missing
            more: qsTrId("case.no_line_more")
        }
        Repeater {
            model: Thread.rows
            ThreadRow {
                required property var modelData
                required property int index
                width: parent.width
                step: modelData.state
                title: modelData.title
                where: modelData.where
                note: modelData.note
                side: modelData.side
                sideName: modelData.sideName
                last: index === Thread.rows.length - 1
                action: modelData.droppable ? qsTrId("case.drop") : ""
                onActed: Thread.drop(modelData.id)
            }
        }
        Repeater {
            model: Thread.papersToBring
            PaperRow {
                required property var modelData
                required property int index
                heading: index === 0 ? qsTrId("matters.bring") : ""
                label: modelData.label
                note: modelData.note
            }
        }
        Txt {
            property bool shown: !Thread.begun
            width: parent.width
            text: Thread.fee
            role: "strong"
        }
        Note {
            shown: Thread.toConfirm !== "" && !Thread.begun
            width: parent.width
            kind: "attention"
            text: Thread.toConfirm
        }
    }
}
