pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// What a slip proves, where its envelope stands as far as this kiosk can know, and what comes next.
KioskPage {
    title: Scan.number
    lead: Scan.slipService + "\n" + Scan.department
    next: Scan.goOnLabel
    onNextPressed: Scan.goOn()
    Pager {
        anchors.fill: parent
        spacing: 20
        Repeater {
            model: Scan.states
            ThreadRow {
                required property var modelData
                required property int index
                width: parent.width
                step: modelData.state
                title: modelData.title
                note: modelData.note
                sided: false
                last: index === Scan.states.length - 1
            }
        }
        Txt {
            property bool shown: Scan.nextMatters.length > 0
            width: parent.width
            text: qsTrId("scan.next")
            role: "h2"
            topPadding: 24
        }
        Repeater {
            model: Scan.nextMatters
            OptionRow {
                required property var modelData
                width: parent.width
                label: modelData.label
                note: modelData.note
                reason: modelData.reason
                off: modelData.reason !== ""
                chevron: true
                onActivated: Scan.openService(modelData.id)
            }
        }
    }
}
