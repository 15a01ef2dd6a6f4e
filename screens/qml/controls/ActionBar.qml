pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import Kiosk

// The bottom acts: first row goes back or on, second row is the same four words on every page.
Rectangle {
    id: bar
    property KioskPage page: null
    readonly property string nextLabel: page ? page.next : ""
    readonly property string secondLabel: page ? page.second : ""
    readonly property bool backShown: page ? page.hasBack : false
    readonly property bool hasRow: nextLabel !== "" || secondLabel !== "" || backShown
    readonly property int inner: width - 2 * Theme.margin
    readonly property int farEdge: width - Theme.margin
    readonly property int afterBack: Theme.margin + (backShown ? back.width + Theme.s2 : 0)
    color: Theme.bar
    height: (hasRow ? Theme.primaryTarget + Theme.s3 : 0) + 138
    Rectangle {
        visible: Theme.black
        width: parent.width
        height: 4
        color: Theme.barInk
    }
    // placed by hand: a positioner would lag one frame behind, and a finger may already be on its way
    ActionButton {
        id: back
        visible: bar.backShown
        x: Theme.margin
        y: Theme.s3
        kind: "dark"
        label: qsTrId("bar.back")
        icon: "arrow_back"
        width: Math.max(216, fit)
        onActivated: Visit.back()
    }
    ActionButton {
        id: second
        visible: bar.secondLabel !== ""
        x: bar.afterBack
        y: Theme.s3
        kind: "dark"
        label: bar.secondLabel
        icon: bar.page ? bar.page.secondIcon : ""
        width: bar.nextLabel === "" ? bar.farEdge - x : fit
        onActivated: bar.page.secondPressed()
    }
    ActionButton {
        visible: bar.nextLabel !== ""
        x: bar.afterBack + (bar.secondLabel !== "" ? second.width + Theme.s2 : 0)
        y: Theme.s3
        kind: bar.page && bar.page.ready ? "next" : "wait"
        label: bar.nextLabel
        icon: bar.page ? bar.page.nextIcon : ""
        iconAfter: true
        width: bar.farEdge - x
        onActivated: bar.page.nextPressed()
    }
    Rectangle {
        visible: bar.hasRow
        x: Theme.margin
        width: bar.inner
        height: 2
        color: Theme.barRule
        y: bar.height - 122
    }
    RowLayout {
        x: Theme.margin
        width: bar.inner
        height: 108
        spacing: 16
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        UtilityButton {
            Layout.fillWidth: true
            icon: "language"
            label: qsTrId("bar.language")
            onActivated: Visit.open("Language")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "accessibility_new"
            label: qsTrId("bar.easier")
            onActivated: Visit.open("Easier")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "support_agent"
            label: qsTrId("bar.help")
            onActivated: Visit.open("Help")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "logout"
            label: qsTrId("bar.leave")
            onActivated: Visit.open("Leave")
        }
    }
}
