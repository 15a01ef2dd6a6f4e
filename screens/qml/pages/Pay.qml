pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The bill and its amount; the demonstration's terminal is simulated and says so.
KioskPage {
    title: Pay.title
    lead: Pay.lead
    next: Pay.nextLabel
    nextIcon: Pay.ready ? "credit_card" : ""
    ready: Pay.ready
    reached: false
    onNextPressed: Pay.pay()
    Pager {
        anchors.fill: parent
        spacing: 28
        Note {
            shown: Pay.problem !== ""
            width: parent.width
            kind: "failed"
            text: Pay.problem
            more: qsTrId("pay.failed_more")
        }
        Rectangle {
            width: parent.width
            height: bill.height + 72
            radius: Theme.radius
            color: Theme.surface
            border.width: Theme.black || Theme.white ? 4 : 0
            border.color: Theme.edge
            Column {
                id: bill
                x: 36
                y: 36
                width: parent.width - 72
                spacing: 12
                Txt {
                    width: parent.width
                    text: Pay.service
                    role: "strong"
                }
                Txt {
                    width: parent.width
                    text: Pay.amount
                    role: "display"
                    color: Theme.primary
                }
                Txt {
                    width: parent.width
                    text: Pay.reference
                    color: Theme.inkSoft
                }
            }
        }
        Note {
            width: parent.width
            kind: "attention"
            text: qsTrId("pay.simulated")
            more: qsTrId("pay.simulated_more")
        }
    }
}
