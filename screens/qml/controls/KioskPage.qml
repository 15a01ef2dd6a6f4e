pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

// A page: one title, an optional lead, one body; it says what the bar offers, the bar stands in Main.
Item {
    id: root
    property string title: ""
    property string lead: ""
    property string next: ""
    property string nextIcon: "arrow_forward"
    property bool ready: true       // false: the next action is elsewhere; the button says what it waits for
    property string second: Visit.mattersLabel
    property string secondIcon: ""
    property bool hasBack: true
    property bool bare: false       // the first screen: no bar, dark header
    default property alias content: body.data
    readonly property alias bodyHeight: body.height
    readonly property alias bodyWidth: body.width
    signal nextPressed
    signal secondPressed
    onSecondPressed: {
        if (root.second === Visit.mattersLabel)
            Visit.lookAtMatters();
    }
    Column {
        id: titles
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        y: Theme.s3
        spacing: 10
        Txt {
            visible: root.title !== ""
            width: parent.width
            role: "h1"
            text: root.title
        }
        Txt {
            visible: root.lead !== ""
            width: parent.width
            text: root.lead
            color: Theme.inkSoft
        }
    }
    Item {
        id: body
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.top: titles.bottom
        anchors.topMargin: root.title !== "" ? Theme.s3 : 0
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s3
    }
}
