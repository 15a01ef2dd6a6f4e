pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Who gets what, for which purpose, for how long; the button says what it does.
KioskPage {
    title: Consent.title
    lead: Consent.lead
    next: Consent.nextLabel
    nextIcon: Consent.signs ? "arrow_forward" : "send"
    second: ""
    reached: false
    onNextPressed: Visit.next()
    Pager {
        anchors.fill: parent
        spacing: 28
        Repeater {
            model: Consent.points
            Row {
                id: point
                required property var modelData
                width: parent.width
                spacing: 28
                Icon {
                    id: symbol
                    name: point.modelData.icon
                    size: 60
                }
                Column {
                    width: parent.width - symbol.width - 28
                    Txt {
                        width: parent.width
                        text: point.modelData.label
                        role: "strong"
                    }
                    Txt {
                        width: parent.width
                        text: point.modelData.text
                    }
                }
            }
        }
        Note {
            width: parent.width
            text: Consent.declaration
        }
    }
}
