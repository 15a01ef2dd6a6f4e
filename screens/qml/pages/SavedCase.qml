pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What is true now of each department's part: its number, saved, on its way, received.
KioskPage {
    title: Slip.title
    lead: qsTrId("case.saved_lead")
    hasBack: false
    next: Slip.printLabel
    nextIcon: Slip.canPrint ? "print" : "arrow_forward"
    onNextPressed: Slip.goOn()
    Pager {
        anchors.fill: parent
        spacing: 20
        Repeater {
            model: Thread.parts
            ThreadRow {
                required property var modelData
                required property int index
                width: parent.width
                step: modelData.state
                title: modelData.number
                where: modelData.department + "\n" + modelData.titles
                note: modelData.note
                side: modelData.side
                sideName: modelData.sideName
                last: index === Thread.parts.length - 1
            }
        }
        Note {
            width: parent.width
            kind: "ok"
            text: qsTrId("saved.today")
            more: qsTrId("saved.leave")
        }
    }
}
