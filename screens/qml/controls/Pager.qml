pragma ComponentBehavior: Bound
import QtQuick

// A column that never scrolls: what does not fit goes to the next page, by whole sections.
// A section that may be absent says so by `shown`; its `visible` belongs to the pager.
Item {
    id: p
    property alias spacing: column.spacing
    property int page: 0
    property int pages: 1
    property var heights: new Map()
    property var followed: new Set()
    property bool laying: false
    readonly property int moreHeight: 112
    default property alias content: column.data
    onHeightChanged: p.lay()
    Component.onCompleted: p.follow()

    // a section tells its height late, when what stands in it has been placed
    function follow(): void {
        for (const child of column.children) {
            if (!p.followed.has(child)) {
                p.followed.add(child);
                child.heightChanged.connect(p.lay);
            }
        }
        p.lay();
    }

    // a hidden section collapses, so its height is the one it had when it was last seen
    function measure(sections: var): void {
        for (const child of sections) {
            if (child.visible && child.height > 0)
                p.heights.set(child, child.height);
        }
    }

    function lay(): void {
        if (p.laying)
            return;
        p.laying = true;
        const sections = Array.from(column.children).filter(child => child.visible || p.heights.has(child));
        p.measure(sections);
        const wanted = sections.filter(child => (child.shown ?? true) && p.heights.has(child));
        const tall = child => p.heights.get(child) + column.spacing;
        const total = wanted.reduce((sum, child) => sum + tall(child), -column.spacing);
        const room = total <= p.height ? p.height : p.height - p.moreHeight - 24;
        let at = 0, used = 0;
        const places = new Map();
        for (const child of wanted) {
            if (used > 0 && used + p.heights.get(child) > room) {
                at += 1;
                used = 0;
            }
            places.set(child, at);
            used += tall(child);
        }
        p.pages = at + 1;
        if (p.page >= p.pages)
            p.page = 0;
        for (const child of sections)
            child.visible = (child.shown ?? true) && (places.get(child) ?? p.page) === p.page;
        p.laying = false;
    }
    Column {
        id: column
        width: parent.width
        onChildrenChanged: p.follow()
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
