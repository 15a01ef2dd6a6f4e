pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The visit cannot go on: what happened, what to do, and what was kept.
KioskPage {
    title: Visit.stopTitle
    hasBack: Visit.stopHasBack
    next: qsTrId("stopped.finish")
    nextIcon: "logout"
    reached: false
    onNextPressed: Visit.leave()
    Note {
        width: parent.width
        kind: "failed"
        text: Visit.stopText
        more: Visit.stopMore
    }
}
