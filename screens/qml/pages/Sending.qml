pragma ComponentBehavior: Bound
import QtQuick
import controls

// Between the touch and the commit: usually too short to be seen.
KioskPage {
    title: qsTrId("sending.title")
    next: qsTrId("sending.wait")
    nextIcon: ""
    ready: false
    hasBack: false
    reached: false
    Note {
        width: parent.width
        text: qsTrId("sending.note")
        more: qsTrId("sending.more")
    }
}
