pragma ComponentBehavior: Bound
import QtQuick

// A column that never scrolls: what does not fit goes to the next page, by whole sections.
// A section that may be absent says so by `shown`; its `visible` belongs to the pager.
Item {
    id: p
    property alias spacing: column.spacing
    property int page: 0
    property int pages: 1
    readonly property int moreHeight: 112
    default property alias content: column.data
    onHeightChanged: Qt.callLater(p.lay)
    Component.onCompleted: p.lay()

    function lay(): void {
        const sections = column.children.filter(child => child.implicitHeight > 0 || child.height > 0);
        const wanted = sections.filter(child => child.shown ?? true);
        let total = wanted.reduce((sum, child) => sum + child.height + column.spacing, -column.spacing);
        const room = total <= p.height ? p.height : p.height - p.moreHeight - 24;
        let at = 0, used = 0;
        const places = new Map();
        for (const child of wanted) {
            if (used > 0 && used + child.height > room) {
                at += 1;
                used = 0;
            }
            places.set(child, at);
            used += child.height + column.spacing;
        }
        p.pages = at + 1;
        if (p.page >= p.pages)
            p.page = 0;
        for (const child of sections)
            child.visible = places.get(child) === p.page;
    }
    Column {
        id: column
        width: parent.width
        onChildrenChanged: Qt.callLater(p.lay)
        onImplicitHeightChanged: Qt.callLater(p.lay)
    }
    ActionButton {
        visible: p.pages > 1
        anchors.bottom: parent.bottom
        width: parent.width
        implicitHeight: p.moreHeight
        label: p.page + 1 < p.pages ? qsTrId("overlay.more") : qsTrId("overlay.first")
        icon: p.page + 1 < p.pages ? "expand_more" : "expand_less"
        onActivated: {
            p.page = (p.page + 1) % p.pages;
            p.lay();
        }
    }
}
