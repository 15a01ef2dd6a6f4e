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
    Pager {
        anchors.fill: parent
        spacing: 16
        Note {
            shown: Times.waiting !== ""
            width: parent.width
            text: Times.waiting
            more: qsTrId("answer.asking_more")
        }
        Note {
            shown: Times.problem !== ""
            width: parent.width
            kind: "failed"
            text: Times.problem
            more: Times.problemMore
        }
        Note {
            shown: Times.held !== "" && Times.problem === ""
            width: parent.width
            kind: "ok"
            text: Times.held
        }
        Note {
            shown: Times.empty
            width: parent.width
            kind: "attention"
            text: qsTrId("times.none")
            more: qsTrId("times.none_more")
        }
        Repeater {
            model: Times.rows
            OptionRow {
                required property var modelData
                width: Theme.landscape ? Theme.share(parent.width, 2) : parent.width
                least: 124
                radio: true
                checked: modelData.chosen
                label: modelData.label
                note: modelData.note
                onActivated: Times.pick(modelData.id)
            }
        }
        Note {
            shown: Times.simulated
            width: parent.width
            kind: "attention"
            text: qsTrId("times.simulated")
        }
        ActionButton {
            property bool shown: Times.pages > 1
            width: parent.width
            least: 112
            label: Times.pageText
            icon: "expand_more"
            onActivated: Times.more()
        }
    }
}
