pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Times that are free now; the one that is picked is held before the page is left.
KioskPage {
    title: Times.title
    lead: Times.lead
    next: Times.nextLabel
    nextIcon: Times.ready ? "arrow_forward" : ""
    ready: Times.ready
    onNextPressed: Times.goOn()
    Column {
        width: parent.width
        spacing: 16
        Note {
            visible: Times.waiting !== ""
            width: parent.width
            text: Times.waiting
            more: qsTrId("answer.asking_more")
        }
        Note {
            visible: Times.problem !== ""
            width: parent.width
            kind: "failed"
            text: Times.problem
            more: Times.problemMore
        }
        Note {
            visible: Times.held !== "" && Times.problem === ""
            width: parent.width
            kind: "ok"
            text: Times.held
        }
        Note {
            visible: Times.empty
            width: parent.width
            kind: "attention"
            text: qsTrId("times.none")
            more: qsTrId("times.none_more")
        }
        Repeater {
            model: Times.rows
            OptionRow {
                required property var modelData
                width: parent.width
                implicitHeight: 136
                radio: true
                checked: modelData.chosen
                label: modelData.label
                note: modelData.note
                onActivated: Times.pick(modelData.id)
            }
        }
        Note {
            visible: Times.simulated
            width: parent.width
            kind: "attention"
            text: qsTrId("times.simulated")
        }
        ActionButton {
            visible: Times.pages > 1
            width: parent.width
            implicitHeight: 112
            label: Times.pageText
            icon: "expand_more"
            onActivated: Times.more()
        }
    }
}
