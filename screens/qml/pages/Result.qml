pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What the department answers: asked when the page comes, shown as it was said, labelled if it is an example.
KioskPage {
    title: Result.title
    lead: Result.lead
    next: Result.nextLabel
    nextIcon: Result.ready ? "arrow_forward" : ""
    ready: Result.ready
    reached: false
    onNextPressed: Result.goOn()
    Pager {
        anchors.fill: parent
        spacing: 16
        Note {
            shown: Result.waiting !== ""
            width: parent.width
            text: Result.waiting
            more: qsTrId("answer.asking_more")
        }
        Note {
            shown: Result.problem !== ""
            width: parent.width
            kind: "failed"
            text: Result.problem
            more: qsTrId("answer.failed_more")
        }
        Txt {
            property bool shown: Result.amount !== ""
            width: parent.width
            text: Result.amount
            role: "display"
            color: Theme.primary
        }
        Repeater {
            model: Result.lines
            Rectangle {
                id: line
                required property string modelData
                required property int index
                width: parent.width
                height: said.height + 48
                radius: Theme.radius
                color: Theme.surface
                border.width: Theme.black || Theme.white ? 4 : 0
                border.color: Theme.edge
                Txt {
                    id: said
                    x: 36
                    y: 24
                    width: parent.width - 72
                    text: line.modelData
                    role: line.index === 0 ? "strong" : "body"
                }
            }
        }
        Txt {
            property bool shown: Result.reference !== ""
            width: parent.width
            leftPadding: 36
            text: Result.reference
            color: Theme.inkSoft
        }
        Note {
            shown: Result.simulated
            width: parent.width
            kind: "attention"
            text: qsTrId("answer.simulated")
        }
    }
}
